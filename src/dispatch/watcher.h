// Whom the dispatcher tells what happens to jobs and their attempts, for people to see.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/run_result.h"
#include "jobs/job.h"

namespace saelaw {

// Told once the Ledger has it, so that nothing is said of what could still be lost. Nothing depends
// on what a watcher does, and it must not throw: a terminal that was closed ends no training.
class DispatchWatcher {
 public:
  virtual ~DispatchWatcher() = default;

  virtual void OnProgress(const Job& job, const Progress& progress) = 0;
  // The run's one result; what comes late or again is not told.
  virtual void OnResult(const Job& job, const RunResult& result) = 0;
  virtual void OnMeasurement(const Job& job, const Measurement& measurement) = 0;
  // `exit_code` negative: -signal.
  virtual void OnAttemptEnded(const Job& job, int exit_code, const std::string& message) = 0;
  // An attempt was asked to write a checkpoint and end; it is ended when `grace` is over.
  virtual void OnAskedToEnd(const Job& job, std::chrono::seconds grace) = 0;
  // The device's memory did not suffice for `job`: `parts` take its place.
  virtual void OnSplit(const Job& job, const std::vector<Job>& parts) = 0;
};

}  // namespace saelaw
