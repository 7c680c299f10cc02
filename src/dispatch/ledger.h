// Whom the dispatcher tells what happens; app/ writes it into results.db.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "core/run_result.h"
#include "jobs/job.h"

namespace saelaw {

// Each call is durable when it returns. What a method throws ends the dispatch.
class Ledger {
 public:
  virtual ~Ledger() = default;

  // Writes the attempt down before it starts; its token, unique for ever.
  virtual std::string BeginAttempt(const Job& job) = 0;
  virtual void OnProgress(const Job& job, const std::string& token, const Progress& progress) = 0;
  // May be told the same result again, and results of tokens that no longer count.
  virtual void OnResult(const Job& job,
                        const std::string& token,
                        const RunResult& result,
                        const std::filesystem::path& weights) = 0;
  virtual void OnMeasurement(const Job& job,
                             const std::string& token,
                             const Measurement& measurement) = 0;
  // `exit_code` negative: -signal. After all results of this attempt.
  virtual void OnAttemptEnded(const Job& job,
                              const std::string& token,
                              int exit_code,
                              const std::string& message) = 0;
  // The attempt was asked to write a checkpoint and end; it is ended when `grace` is over.
  virtual void OnAskedToEnd(const Job& job,
                            const std::string& token,
                            std::chrono::seconds grace) = 0;
  // The device's memory did not suffice for `job`: `parts` take its place, all or none of them.
  virtual void OnSplit(const Job& job, const std::vector<Job>& parts) = 0;
  // The job is given up; the others go on.
  virtual void OnJobFailed(const Job& job, const std::string& message) = 0;

  // Whether the run has a result that counts.
  virtual bool HasResult(const RunId& run) = 0;
  // Whether every run of a job that was written down has one.
  virtual bool HasAllResults(const std::string& job_id) = 0;
  // kCapture: whether it ended well before, and what it wrote is still there.
  virtual bool IsCaptured(const Job& job) = 0;
};

}  // namespace saelaw
