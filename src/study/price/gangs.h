// Which runs train together, what they share, and the jobs that they become.
#pragma once

#include <string>
#include <vector>

#include "jobs/job.h"
#include "study/price/planned_run.h"
#include "sweep/sweep.h"

namespace saelaw {

// Makes every `predicted` the run's share of its gang's cost (shared_stream.h and
// shared_trunk.h). Returns what any of them share.
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
Job MakeTrainJob(std::vector<RunSpec> runs,
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
