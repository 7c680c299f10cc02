// One round of the study: from what is known to the jobs that are to be done next.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrate/loop/workplace.h"
#include "study/findings/survivors.h"
#include "study/price/planned_run.h"
#include "sweep/sweep.h"

namespace saelaw {

struct NextJobs {
  // Written into the store before any of them starts. None where the study is complete, or where
  // the budget leaves out all that is left.
  std::vector<Job> jobs;
  // What each of them takes here, by its id, where runs of the study have told how fast this
  // machine is. Jobs that go on from a checkpoint are not among them.
  std::map<std::string, double> seconds;
  bool complete = false;
  std::optional<NoneSurvived> none_survived;  // as in Findings, where no arm has a run that did
};
// Gangs that were begun go on as they were written down; else the next round of every arm is
// planned, and runs of all arms that share a stream train together. Tells of the round and of what
// is predicted of its hold-out runs. `arms`: those of one sweep file, with one source.
NextJobs PrepareNextJobs(Workplace& work, const Arms& arms);

// What is left of this round, each run at its share of its gang's cost, and how long it takes here.
struct RoundLeft {
  std::vector<PlannedRun> runs;
  double seconds = 0;
};
RoundLeft PriceRoundLeft(const Store& store, const Arms& arms);

}  // namespace saelaw
