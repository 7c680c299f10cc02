// Most calls go straight to the store. Two of them decide something: which measurement is kept, and
// whether a capture still counts.
#include "orchestrate/loop/store_ledger.h"

#include <algorithm>

#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

// The shards may have been moved away since, so the manifest must list that many tokens and each
// file that it names must be there.
bool HoldsCapture(const CaptureSpec& capture) {
  const std::filesystem::path folder = capture.folder;
  std::error_code ignored;
  if (!std::filesystem::exists(folder / kManifestFile, ignored)) return false;
  const ShardManifest manifest = ReadShardManifest(folder);
  std::vector<Shard> files = manifest.shards;
  files.push_back(manifest.held_out);
  return manifest.training_tokens() >= capture.tokens &&
         std::all_of(files.begin(), files.end(), [&](const Shard& shard) {
           return std::filesystem::exists(folder / shard.file, ignored);
         });
}

}  // namespace

std::string StoreLedger::BeginAttempt(const Job& job) { return store_.BeginAttempt(job.id); }

void StoreLedger::SaveProgress(const std::string& attempt_id, const Progress& progress) {
  store_.SaveProgress(attempt_id, progress);
}

bool StoreLedger::AcceptResult(const std::string& attempt_id,
                               const RunResult& result,
                               const std::filesystem::path& weights) {
  return store_.AcceptResult(attempt_id, result, weights.string()) == Acceptance::kAccepted;
}

// A source that is measured again, on another machine, keeps its first scale: runs of before and
// after are trained on the same numbers.
void StoreLedger::SaveMeasurement(const Measurement& measurement) {
  Measurement kept = measurement;
  if (const auto first = store_.FindMeasurement(measurement.source_key)) {
    kept = *first;
    kept.tuning = measurement.tuning;
    kept.tokens_per_second = measurement.tokens_per_second;
    kept.device_bytes_total = measurement.device_bytes_total;
    kept.device_bytes_free = measurement.device_bytes_free;
  }
  store_.SaveMeasurement(kept);
}

void StoreLedger::EndAttempt(const std::string& attempt_id,
                             int exit_code,
                             const std::string& message) {
  store_.EndAttempt(attempt_id, exit_code, message);
}

void StoreLedger::SplitJob(const Job& job, const std::vector<Job>& parts) {
  store_.SplitJob(job.id, parts);
}

void StoreLedger::FailJob(const Job& job, const std::string& message) {
  store_.FailJob(job.id, message);
}

bool StoreLedger::HasResult(const RunId& run) { return store_.FindResult(run).has_value(); }

bool StoreLedger::HasAllResults(const std::string& job_id) { return store_.HasAllResults(job_id); }

bool StoreLedger::IsCaptured(const Job& job) {
  // Both are needed: the ledger does not see what happened to the files since, and files alone do
  // not tell that this job wrote them.
  return store_.HasEndedWell(job.id) && HoldsCapture(job.capture);
}

}  // namespace saelaw
