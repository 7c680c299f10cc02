// From the database to what the planner wants to know, and from the ledger's events back into it.
#pragma once

#include <chrono>
#include <string>

#include "core/errors.h"
#include "dispatch/ledger.h"
#include "store/store.h"
#include "study/design/knowledge.h"
#include "sweep/sweep.h"

namespace saelaw {

// Every accepted result, judged again, the measurement of the sweep's source, and what was
// predicted of its hold-out runs before they began.
Knowledge KnowledgeIn(const Store& store, const Sweep& sweep);

// Writes what the dispatcher tells into the store, and progress to stderr: in place on a terminal,
// a line every ten seconds elsewhere.
class StoreLedger : public Ledger {
 public:
  // Keeps references.
  explicit StoreLedger(Store& store) : store_(store) {}

  std::string BeginAttempt(const Job& job) override;
  void OnProgress(const Job& job, const std::string& token, const Progress& progress) override;
  void OnResult(const Job& job,
                const std::string& token,
                const RunResult& result,
                const std::filesystem::path& weights) override;
  void OnMeasurement(const Job& job,
                     const std::string& token,
                     const Measurement& measurement) override;
  void OnAttemptEnded(const Job& job,
                      const std::string& token,
                      int exit_code,
                      const std::string& message) override;
  void OnAskedToEnd(const Job& job, const std::string& token, std::chrono::seconds grace) override;
  void OnSplit(const Job& job, const std::vector<Job>& parts) override;
  void OnJobFailed(const Job& job, const std::string& message) override;
  bool HasResult(const RunId& run) override;
  bool HasAllResults(const std::string& job_id) override;
  bool IsCaptured(const Job& job) override;

  // Of the last attempt that failed; kFailure when it was a crash, or when none failed.
  ExitCode failure_code() const { return failure_code_; }

 private:
  void ClearLine();

  Store& store_;
  std::chrono::steady_clock::time_point last_line_{};
  bool line_open_ = false;
  ExitCode failure_code_ = ExitCode::kFailure;
};

}  // namespace saelaw
