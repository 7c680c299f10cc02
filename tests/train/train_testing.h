// What the tests of training share: a small source in memory, specs, jobs and folders.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "activations/source.h"
#include "core/files.h"
#include "jobs/checkpoints.h"
#include "jobs/job.h"
#include "sae/model/stepper.h"
#include "sae/tune/accelerations.h"
#include "temporary_folder.h"
#include "train/train_job.h"

namespace saelaw::testing {

// Non-negative sparse combinations of a few fixed directions; batch i is a function of i alone.
class MemorySource : public ActivationSource {
 public:
  static constexpr std::int64_t kDIn = 16;
  std::int64_t d_in() const override { return kDIn; }
  std::int64_t training_tokens() const override { return -1; }
  const HeldOutVectors& HeldOut() override {
    if (!held_out_.x.defined()) held_out_ = {Vectors(1'000'000, 512), CutIntoBlocks(512, 8)};
    return held_out_;
  }
  std::unique_ptr<ActivationStream> OpenStream(std::uint64_t stream_seed,
                                               std::int64_t batch_tokens,
                                               std::int64_t first_batch) override {
    return std::make_unique<Stream>(stream_seed, batch_tokens, first_batch);
  }

 private:
  static at::Tensor Vectors(std::uint64_t seed, std::int64_t count) {
    const at::Tensor dictionary =
        at::randn({32, kDIn}, at::detail::createCPUGenerator(99), at::kFloat);
    const at::Tensor drawn =
        at::rand({count, 32}, at::detail::createCPUGenerator(seed), at::kFloat);
    return at::mm((drawn - 0.9).clamp_min(0) * 3, dictionary);
  }

  class Stream : public ActivationStream {
   public:
    Stream(std::uint64_t seed, std::int64_t tokens, std::int64_t next)
        : seed_(seed), tokens_(tokens), next_(next) {}
    at::Tensor Next() override {
      return Vectors(seed_ * 10'000 + static_cast<std::uint64_t>(next_++), tokens_);
    }

   private:
    std::uint64_t seed_;
    std::int64_t tokens_, next_;
  };

  HeldOutVectors held_out_;
};

inline RunSpec SmallSpec(std::int64_t steps = 60) {
  RunSpec spec;
  spec.source.d_in = MemorySource::kDIn;
  spec.sae.d_sae = 40;
  spec.sae.threshold_init = spec.sae.bandwidth = 0.02;
  spec.training.batch_tokens = 64;
  spec.training.lr = 3e-3;
  spec.training.threshold_lr = 1e-3;
  spec.training.sparsity_coefficient = 5e-3;
  spec.training.evaluations = 4;
  spec.training.precision = Precision::kFp32;
  spec.tokens = steps * spec.training.batch_tokens;
  return spec;
}

inline Job JobOf(const std::vector<RunSpec>& runs) {
  Job job;
  job.kind = JobKind::kTrain;
  job.source = runs.front().source;
  job.activation_scale = 0.5;
  job.runs = runs;
  job.checkpoint_seconds = 1e9;
  job.id = ComputeId(job);
  // One thread, as the job says: on a busy machine threads that wait for each other take minutes.
  ConfigureNumerics(job);
  return job;
}

// The same, for another path of the steps and number of threads.
inline Job JobOf(const std::vector<RunSpec>& runs, std::string_view path, int threads) {
  Job job = JobOf(runs);
  // Between the densities of these runs at their beginning and at their end.
  job.tuning = {std::string(path), 0.25, 0.25};
  job.threads = threads;
  ConfigureNumerics(job);
  return job;
}

// What this machine's CPU has.
inline std::vector<std::string> PathsHere() {
  std::vector<std::string> paths;
  for (const Acceleration& path : Accelerations()) {
    if (CanRunOn(path, at::kCPU)) paths.emplace_back(path.name);
  }
  return paths;
}

// A clock that advances by a second at every look, and nobody asking to stop.
inline TrainSeams QuietSeams() {
  TrainSeams seams;
  seams.clock = [seconds = std::make_shared<double>(0)] { return *seconds += 1; };
  seams.stop_requested = [] { return false; };
  seams.on_progress = [](const Progress&) {};
  seams.note = [](const std::string&) {};
  seams.saelaw_version = "test";
  return seams;
}

// Asks to stop once `batches` have been trained.
inline TrainSeams StopAfter(int batches) {
  TrainSeams seams = QuietSeams();
  seams.stop_requested = [left = std::make_shared<int>(batches)] { return --*left <= 0; };
  return seams;
}

inline ExitCode TrainIn(const std::filesystem::path& folder,
                        const Job& job,
                        const std::string& token,
                        const TrainSeams& seams) {
  MemorySource source;
  return Train(job, source, Attempt(folder, token), seams);
}

inline int CheckpointsIn(const std::filesystem::path& folder) {
  int found = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with("checkpoint-")) ++found;
  }
  return found;
}

// The one file of this name among all attempts; empty when there is none.
inline std::filesystem::path Find(const std::filesystem::path& folder, const std::string& name) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().filename() == name) return entry.path();
  }
  return {};
}

inline RunResult FindResult(const std::filesystem::path& folder, const RunSpec& spec) {
  return RunResultFromJson(ReadFile(Find(folder, ResultFile(ComputeId(spec)))));
}

inline std::string ComputeWeights(const std::filesystem::path& folder, const RunSpec& spec) {
  return ReadFile(Find(folder, WeightsFile(ComputeId(spec))));
}

// A result without what differs between attempts (times, gang size).
inline std::string NumbersOf(RunResult result) {
  result.wall_seconds = result.tokens_per_second = 0;
  result.provenance = {};
  return ToJson(result);
}

}  // namespace saelaw::testing
