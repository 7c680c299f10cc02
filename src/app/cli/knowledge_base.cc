#include "app/cli/knowledge_base.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "app/cli/messages.h"
#include "core/errors.h"
#include "core/quantities.h"
#include "fit/outcome.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

constexpr std::chrono::seconds kLineEvery{10};

// Whether the manifest lists that many tokens and each file that it names is there.
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

Knowledge KnowledgeIn(const Store& store, const Sweep& sweep) {
  Knowledge knowledge;
  for (const StoredResult& stored : store.AcceptedResults()) {
    const Judgement judgement = Judge(stored.result);
    knowledge.runs.push_back(
        {stored.spec, stored.result, judgement.outcome, judgement.reason, judgement.advice});
  }
  for (const StoredPrediction& stored : store.PredictionsOf(sweep.name)) {
    knowledge.predictions.push_back({stored.run, stored.predicted, {stored.lo, stored.hi}});
  }
  knowledge.measurement = store.MeasurementOf(SourceKey(sweep.source));
  return knowledge;
}

std::string StoreLedger::BeginAttempt(const Job& job) { return store_.BeginAttempt(job.id); }

void StoreLedger::ClearLine() {
  if (line_open_) Say("\r\033[K");
  line_open_ = false;
}

void StoreLedger::OnProgress(const Job&, const std::string& token, const Progress& progress) {
  store_.SaveProgress(token, progress);
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const auto now = std::chrono::steady_clock::now();
  if (!terminal && now - last_line_ < kLineEvery) return;
  last_line_ = now;
  if (terminal) {
    Say("\r\033[K{}", ProgressLine(progress));
    line_open_ = true;
  } else {
    Say("{}\n", ProgressLine(progress));
  }
}

void StoreLedger::OnResult(const Job&,
                           const std::string& token,
                           const RunResult& result,
                           const std::filesystem::path& weights) {
  if (store_.AcceptResult(token, result, weights.string()) != Acceptance::kAccepted) return;
  const Judgement judgement = Judge(result);
  ClearLine();
  Say("run {}: {} tokens, loss {:.4g}, l0 {:.3g}, {}{}{}\n",
      result.id,
      FormatCount(static_cast<double>(result.tokens)),
      result.final.loss,
      result.final.l0,
      Name(judgement.outcome),
      judgement.reason.empty() ? "" : ": ",
      judgement.reason);
}

// A source that is measured again, on another machine, keeps its first scale: runs of before and
// after are trained on the same numbers.
void StoreLedger::OnMeasurement(const Job&, const std::string&, const Measurement& measurement) {
  Measurement kept = measurement;
  if (const auto first = store_.MeasurementOf(measurement.source_key)) {
    kept = *first;
    kept.tuning = measurement.tuning;
    kept.tokens_per_second = measurement.tokens_per_second;
    kept.device_bytes_total = measurement.device_bytes_total;
    kept.device_bytes_free = measurement.device_bytes_free;
  }
  store_.SaveMeasurement(kept);
  ClearLine();
  Say("source: mean squared norm {:.4g} (largest {:.4g}), {} tokens/s\n",
      measurement.mean_squared_norm,
      measurement.max_squared_norm,
      FormatCount(measurement.tokens_per_second));
}

void StoreLedger::OnAttemptEnded(const Job& job,
                                 const std::string& token,
                                 int exit_code,
                                 const std::string& message) {
  store_.EndAttempt(token, exit_code, message);
  if (exit_code == 0 || exit_code == static_cast<int>(ExitCode::kIncomplete)) return;
  const auto code = static_cast<ExitCode>(exit_code);
  const bool final = code == ExitCode::kConfiguration || code == ExitCode::kIo;
  failure_code_ = final ? code : ExitCode::kFailure;
  if (final) return;  // told when the job is given up
  ClearLine();
  Say("job {} ended with {}: {}\n", job.id, exit_code, message);
}

void StoreLedger::OnAskedToEnd(const Job& job, const std::string&, std::chrono::seconds grace) {
  ClearLine();
  Say("waiting for job {} ({}) to write its checkpoint; it is ended by force after {}\n",
      job.id,
      job.kind == JobKind::kTrain ? fmt::format("{} runs", job.runs.size())
                                  : std::string(Name(job.kind)),
      FormatSeconds(static_cast<double>(grace.count())));
}

void StoreLedger::OnSplit(const Job& job, const std::vector<Job>& parts) {
  store_.SplitJob(job.id, parts);
  ClearLine();
  Say("job {} did not fit into the device's memory: split into {}\n", job.id, parts.size());
}

void StoreLedger::OnJobFailed(const Job& job, const std::string& message) {
  store_.FailJob(job.id, message);
}

bool StoreLedger::HasResult(const RunId& run) { return store_.ResultOf(run).has_value(); }

bool StoreLedger::HasAllResults(const std::string& job_id) { return store_.HasAllResults(job_id); }

bool StoreLedger::IsCaptured(const Job& job) {
  return store_.HasEndedWell(job.id) && HoldsCapture(job.capture);
}

}  // namespace saelaw
