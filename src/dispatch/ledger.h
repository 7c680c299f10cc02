// What the dispatcher has written down, so that the next process goes on where this one was killed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/run_result.h"
#include "jobs/job.h"

namespace saelaw {

// Each call is durable when it returns. What a method throws ends the dispatch. People are told by
// the DispatchWatcher, not here.
class Ledger {
 public:
  virtual ~Ledger() = default;

  // Writes the attempt down before it starts; its id, unique for ever.
  virtual std::string BeginAttempt(const Job& job) = 0;
  virtual void SaveProgress(const std::string& attempt_id, const Progress& progress) = 0;
  // May be given the same result again, and results of attempts that no longer count. True where it
  // is now the run's one result.
  virtual bool AcceptResult(const std::string& attempt_id,
                            const RunResult& result,
                            const std::filesystem::path& weights) = 0;
  virtual void SaveMeasurement(const Measurement& measurement) = 0;
  // `exit_code` negative: -signal. After all results of this attempt.
  virtual void EndAttempt(const std::string& attempt_id,
                          int exit_code,
                          const std::string& message) = 0;
  // `parts` take the job's place, all or none of them.
  virtual void SplitJob(const Job& job, const std::vector<Job>& parts) = 0;
  // The job is given up; the others go on.
  virtual void FailJob(const Job& job, const std::string& message) = 0;

  // Whether the run has a result that counts.
  virtual bool HasResult(const RunId& run) = 0;
  // Whether every run of a job that was written down has one.
  virtual bool HasAllResults(const std::string& job_id) = 0;
  // kCapture: whether it ended well before, and what it wrote is still there.
  virtual bool IsCaptured(const Job& job) = 0;
};

}  // namespace saelaw
