// Sweep + what is known → the next runs, why, and what they cost. Pure: no clock, disk or process.
#pragma once

#include <string>
#include <vector>

#include "jobs/job.h"
#include "study/cost.h"
#include "study/knowledge.h"
#include "study/study.h"
#include "sweep/sweep.h"

namespace saelaw {

struct PlannedRun {
  RunId id;
  RunSpec spec;
  Stage stage = Stage::kLossLaw;
  std::string
      reason;  // "grid around 0.004", "widened: best rate on the grid's edge", "bisects the cliff"
  Cost predicted;  // of the run alone, until ShareCosts
};

struct Plan {
  std::vector<PlannedRun> runs;    // of the next round, none of them known; empty when complete
  bool complete = false;           // nothing is left to run
  int cut = 0;                     // runs of this round that the budget leaves out
  std::vector<std::string> notes;  // e.g. a budget that ended the study early
};

// The next round. The same arguments give the same plan, so a killed sweep goes on where it was.
// `findings`: what Study says of them, where the caller has it; else it is asked when it is needed.
Plan NextRound(const Sweep& sweep, const Knowledge& knowledge, const Findings* findings = nullptr);

// Every run that the study can foresee before anything is measured (later rounds depend on
// results).
std::vector<PlannedRun> ForeseenRuns(const Sweep& sweep);

// How many of them the sweep's budget leaves out, were all of it spent on them.
int ForeseenCut(const Sweep& sweep);

// Makes every `predicted` the run's share of its gang's cost (study/shared_stream.h and
// study/shared_trunk.h). Returns what any of them share.
struct Shared {
  bool streams = false;
  bool trunks = false;
};
Shared ShareCosts(std::vector<PlannedRun>* runs);

// Seconds until all runs are done, where each trainer takes the next gang when it is free.
// `predicted` is each run's share.
double WallSeconds(const std::vector<PlannedRun>& runs,
                   const Execution& execution,
                   double device_bytes);

// The train job of a gang: at least one run, all of one stream. `measured` is the source's: its
// scale, and how this machine's steps are taken where the sweep leaves that open.
Job TrainJobOf(std::vector<RunSpec> runs,
               const Execution& execution,
               const Measurement& measured,
               const std::string& cache_folder);

// Runs grouped into gangs of equal stream, each within `device_bytes` and with all runs of a trunk
// where these fit, as train jobs.
std::vector<Job> FormJobs(const std::vector<PlannedRun>& runs,
                          const Execution& execution,
                          double device_bytes,
                          const Measurement& measured,
                          const std::string& cache_folder);

}  // namespace saelaw
