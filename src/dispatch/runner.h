// The seam between what is to be done and where it is done: one Runner for this machine's
// processes, others for a cluster or a test.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "core/run_result.h"
#include "jobs/job.h"

namespace saelaw {

struct FinishedRun {
  RunResult result;
  std::filesystem::path weights;  // empty: none were written
};

struct AttemptEnd {
  int exit_code = 0;    // ExitCode, as far as the trainer chose it; negative: -signal
  std::string message;  // why, for the user; empty when it ended well
};

struct JobEvent {
  std::string job_id;
  std::string token;  // of the attempt that it comes from
  std::variant<Progress, FinishedRun, Measurement, AttemptEnd> what;
};

// Starts attempts and reports what they leave behind. One thread. Errors are those of the place
// itself (no trainer executable, no space for a job file), thrown as Error; a trainer that fails is
// an AttemptEnd.
class Runner {
 public:
  virtual ~Runner() = default;

  // How many attempts may run at once; at least 1.
  virtual int Capacity() const = 0;

  // What earlier attempts of this job have finished, each under its own token, never an AttemptEnd.
  // From this call on those attempts are stale: nothing that they may still write is counted.
  virtual std::vector<JobEvent> Collect(const Job& job) = 0;

  // Starts the attempt `token`. No other attempt of the job is running.
  virtual void Start(const Job& job, const std::string& token) = 0;

  // What happened since the last call, waiting at most so long for something to happen. Everything
  // that an attempt finished comes before its AttemptEnd, which comes exactly once.
  virtual std::vector<JobEvent> Wait(std::chrono::milliseconds at_most) = 0;

  // Asks the job's attempt to write a checkpoint and end; with `force`, ends it. An AttemptEnd
  // follows. Nothing when the job is not running.
  virtual void Stop(const std::string& job_id, bool force) = 0;

  // Removes the checkpoints of a job that needs none any more and is not running.
  virtual void RemoveCheckpoints(const std::string& job_id) = 0;
};

}  // namespace saelaw
