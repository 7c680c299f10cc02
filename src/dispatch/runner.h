// The seam between what is to be done and how: a FolderRunner over an Executor, or a test's.
#pragma once

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "jobs/attempt_reader.h"
#include "jobs/job.h"

namespace saelaw {

struct AttemptEnd {
  int exit_code = 0;    // ExitCode, as far as the trainer chose it; negative: -signal
  std::string message;  // why, for the user; empty when it ended well
};

struct JobEvent {
  std::string job_id;
  std::string attempt_id;  // of the attempt that it comes from
  std::variant<AttemptBegun, Progress, FinishedRun, Measurement, AttemptEnd> what;
};

// Starts attempts and reports what they leave behind. One thread. Errors are those of the place
// itself (no trainer executable, no space for a job file), thrown as Error; a trainer that fails is
// an AttemptEnd.
class Runner {
 public:
  virtual ~Runner() = default;

  // How many attempts may run at once; at least 1.
  virtual int Capacity() const = 0;

  // What earlier attempts of this job have finished, each under its own attempt, never an
  // AttemptEnd. From this call on those attempts are stale: nothing that they may still write is
  // counted.
  virtual std::vector<JobEvent> Collect(const Job& job) = 0;

  // Starts the attempt, or lets it wait for a place in a queue. No other attempt of the job is
  // running.
  virtual void Start(const Job& job, const std::string& attempt_id) = 0;

  // What happened since the last call, waiting at most so long for something to happen.
  // AttemptBegun comes first, unless an attempt ends before it was seen at work; everything that an
  // attempt finished comes before its AttemptEnd, which comes exactly once.
  virtual std::vector<JobEvent> Wait(std::chrono::milliseconds at_most) = 0;

  // Asks the job's attempt to write a checkpoint and end; with `force`, ends it. An AttemptEnd
  // follows. Nothing when the job is not running.
  virtual void Stop(const std::string& job_id, bool force) = 0;

  // Removes the checkpoints of a job that needs none any more and is not running.
  virtual void RemoveCheckpoints(const std::string& job_id) = 0;
};

}  // namespace saelaw
