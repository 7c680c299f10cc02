// saelaw's side of benchmarks/memory: what a run holds above the same process idle with its source
// ready: the language model or synthetic dictionary, held-out vectors, and the stream's first
// block.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include "activations/source.h"
#include "core/errors.h"
#include "core/files.h"
#include "program.h"
#include "sae/cpu/memory.h"
#include "train/attempt.h"
#include "train/train_job.h"

namespace saelaw {
namespace {

// A line of /proc/self/status, in bytes (proc(5)): VmRSS is held now, VmHWM at most so far.
std::int64_t StatusBytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::int64_t kibibytes = 0;
    if (word == key + ":" && status >> kibibytes) return kibibytes * 1024;
  }
  throw IoError("/proc/self/status has no " + key);
}

// The highest amount so far begins anew (proc(5), clear_refs).
void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

// A source whose one stream is open and has read its first block; the run gets what follows the
// first batch.
class ReadySource : public ActivationSource {
 public:
  ReadySource(ActivationSource& source, const RunSpec& spec)
      : source_(source),
        stream_(source.OpenStream(spec.stream_seed, spec.training.batch_tokens, 0)) {
    stream_->Next();
    source.HeldOut();
    source.Spliced();
  }
  std::int64_t d_in() const override { return source_.d_in(); }
  std::int64_t training_tokens() const override { return source_.training_tokens(); }
  std::unique_ptr<ActivationStream> OpenStream(std::uint64_t, std::int64_t, std::int64_t) override {
    return std::move(stream_);
  }
  const HeldOutVectors& HeldOut() override { return source_.HeldOut(); }
  const SplicedModel* Spliced() override { return source_.Spliced(); }

 private:
  ActivationSource& source_;
  std::unique_ptr<ActivationStream> stream_;
};

void TrainToEnd(const Job& job, ActivationSource& source, const std::filesystem::path& folder) {
  TrainSeams seams;
  seams.clock = [] {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
  };
  seams.stop_requested = [] { return false; };
  seams.on_progress = [](const Progress&) {};
  seams.note = [](const std::string& line) { fmt::print(stderr, "{}\n", line); };
  seams.saelaw_version = "benchmark";
  const ExitCode end = Train(job, source, Attempt(folder, "memory"), seams);
  if (end != ExitCode::kComplete) throw IoError("the job did not come to its end");
}

void MeasureJob(const std::string& job_file) {
  KeepFreedMemory();  // as the trainer's main does; what is kept counts
  const Job job = JobFromJson(ReadFile(job_file));
  ConfigureNumerics(job);
  const c10::InferenceMode no_autograd;
  const std::unique_ptr<ActivationSource> source =
      OpenSource(job.source, {job.device, job.cache_folder});
  ReadySource ready(*source, job.runs.front());
  ReturnFreed();
  const std::int64_t idle = StatusBytes("VmRSS");
  ForgetPeak();
  TrainToEnd(job, ready, std::filesystem::absolute(job_file).parent_path());
  const std::int64_t peak = StatusBytes("VmHWM") - idle;
  fmt::print("{{\"idle_bytes\": {}, \"peak_bytes\": {}}}\n", idle, peak);
}

}  // namespace
}  // namespace saelaw

int main(int count, char** arguments) {
  if (count != 2) {
    fmt::print(stderr, "usage: saelaw-bench-memory JOB_FILE\n");
    return static_cast<int>(saelaw::ExitCode::kUsage);
  }
  return saelaw::RunProgram("saelaw-bench-memory", [&] { saelaw::MeasureJob(arguments[1]); });
}
