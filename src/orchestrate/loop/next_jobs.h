// One round of the study: from what is known to the jobs that are to be done next.
#pragma once

#include <string>
#include <vector>

#include "orchestrate/loop/workplace.h"
#include "study/price/planned_run.h"
#include "sweep/sweep.h"

namespace saelaw {

struct NextJobs {
  // Written into the store before any of them starts. None where the study is complete, or where
  // the budget leaves out all that is left.
  std::vector<Job> jobs;
  bool complete = false;
  std::string none_survived;  // as in Findings
};
// Gangs that were begun go on as they were written down; else the next round is planned. Tells of
// the round and of what is predicted of its hold-out runs.
NextJobs PrepareNextJobs(Workplace& work, const Sweep& sweep);

// What is left of this round, each run at its share of its gang's cost, and how long it takes here.
struct RoundLeft {
  std::vector<PlannedRun> runs;
  double seconds = 0;
};
RoundLeft PriceRoundLeft(const Store& store, const Sweep& sweep);

}  // namespace saelaw
