// The dispatcher's ledger, kept in results.db.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dispatch/ledger.h"
#include "store/store.h"

namespace saelaw {

class StoreLedger : public Ledger {
 public:
  // Keeps the reference.
  explicit StoreLedger(Store& store) : store_(store) {}

  std::string BeginAttempt(const Job& job) override;
  void SaveProgress(const std::string& attempt_id, const Progress& progress) override;
  bool AcceptResult(const std::string& attempt_id,
                    const RunResult& result,
                    const std::filesystem::path& weights) override;
  // Of a source that was measured before, what depends on the machine alone is taken over.
  void SaveMeasurement(const Measurement& measurement) override;
  void EndAttempt(const std::string& attempt_id,
                  int exit_code,
                  const std::string& message) override;
  void SplitJob(const Job& job, const std::vector<Job>& parts) override;
  void FailJob(const Job& job, const std::string& message) override;
  bool HasResult(const RunId& run) override;
  bool HasAllResults(const std::string& job_id) override;
  // Looks at the disk: shards may have been moved away since they were captured.
  bool IsCaptured(const Job& job) override;

 private:
  Store& store_;
};

}  // namespace saelaw
