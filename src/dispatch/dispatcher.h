// Carries a set of jobs out: as many at once as the runner has room for, again when they crash, in
// halves when the device's memory does not suffice, and to an orderly end when asked.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/errors.h"
#include "dispatch/ledger.h"
#include "dispatch/runner.h"
#include "dispatch/watcher.h"
#include "jobs/job.h"

namespace saelaw {

enum class StopRequest {
  kNone,
  kFinish,  // every trainer writes a checkpoint and ends; after `grace` it is ended
  kForce,   // every trainer is ended at once
};

struct DispatchOptions {
  using Clock = std::chrono::steady_clock;

  int max_attempts = 3;  // of one job in this dispatch; a split job's parts count anew
  std::optional<Clock::time_point> deadline;
  // Asked before each attempt: whether it would be done in time. One that would not waits, and
  // jobs behind it that would are begun in its place.
  std::function<bool(const Job&)> in_time = [](const Job&) { return true; };
  // An attempt that has begun (AttemptBegun) and shows no progress for so long is stopped and tried
  // again.
  std::chrono::seconds silence = std::chrono::minutes(10);
  // How long a trainer that was asked to end, by whomever, has for its checkpoint: a gang of large
  // SAEs writes tens of gigabytes.
  std::chrono::seconds grace = std::chrono::minutes(5);
  // How long a change of `stop` may go unseen.
  std::chrono::milliseconds patience = std::chrono::milliseconds(500);
  std::function<StopRequest()> stop = [] { return StopRequest::kNone; };
  std::function<Clock::time_point()> now = Clock::now;
};

struct FailedJob {
  Job job;
  std::string message;  // of its last attempt
};

enum class DispatchEnd {
  kComplete,  // nothing is left to do but what failed
  kStopped,   // `stop` asked for it
  kDeadline,  // it has come, or nothing that is left would be done before it
};

struct DispatchOutcome {
  DispatchEnd end = DispatchEnd::kComplete;
  int jobs_left = 0;  // neither done nor failed; 0 when complete
  std::vector<FailedJob> failed;
  // Of the last attempt that failed, where trying again would end the same way (kConfiguration,
  // kIo); else, and where none failed, kFailure.
  ExitCode failure_code = ExitCode::kFailure;
};

// Blocks until all jobs are done or failed, or until asked to end, and no attempt is running any
// more. Jobs start in the order given; those whose results are all known already never start. What
// earlier attempts left is collected first. Exit codes 64, 74 and 78 fail a job at once; 71 splits
// it, and so does SIGKILL at its last attempt, which is how a machine without memory ends a
// process; 0 with results missing counts as a crash. A split job's parts go on from its checkpoints
// (Job::continues). Checkpoints that no job needs any more are removed. Throws what the runner or
// the ledger throws.
DispatchOutcome Dispatch(const std::vector<Job>& jobs,
                         Runner& runner,
                         Ledger& ledger,
                         DispatchWatcher& watcher,
                         const DispatchOptions& options);

}  // namespace saelaw
