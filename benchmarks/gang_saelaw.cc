// Training steps on a GPU as the trainer takes them, against LibTorch's operations on the same
// device in the same run. Everything is made in the device's memory: vectors are standard normal,
// so that a threshold says how many latents are active.
//   saelaw-bench-gang DEVICE OUT.json [--quick]
//   saelaw-bench-gang --jobs FOLDER DEVICE     writes job files for a trainer: measure.json,
//   train.json
#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/files.h"
#include "core/machine.h"
#include "program.h"
#include "still_gang.h"
#include "timing.h"
#include "train/gang.h"

namespace saelaw {
namespace {

using Json = nlohmann::json;

struct Case {
  std::string name;
  std::int64_t d_in, d_sae, batch_tokens;
  int members;
  double share;  // of the latents that are active
};

std::vector<Case> Cases(bool quick) {
  if (quick)
    return {{"quick", 64, 256, 128, 2, 0.05}, {"quick, first steps", 64, 256, 128, 1, 0.5}};
  return {{"large, L0 64", 2048, 16384, 4096, 1, 64.0 / 16384},
          {"large, first steps", 2048, 16384, 4096, 1, 0.5},
          {"small, L0 64", 576, 4608, 2048, 1, 64.0 / 4608},
          {"gang of 16, L0 64", 2048, 4096, 4096, 16, 64.0 / 4096}};
}

// The same few batches again and again.
class NormalVectors : public ActivationSource {
 public:
  NormalVectors(const Case& of, at::Device device)
      : x_(at::randn({4 * of.batch_tokens, of.d_in}, at::dtype(at::kFloat).device(device))),
        held_out_{x_.narrow(0, 0, std::min<std::int64_t>(1024, x_.size(0))),
                  CutIntoBlocks(std::min<std::int64_t>(1024, x_.size(0)))} {}
  std::int64_t d_in() const override { return x_.size(1); }
  std::int64_t training_tokens() const override { return -1; }
  const HeldOutVectors& HeldOut() override { return held_out_; }
  std::unique_ptr<ActivationStream> OpenStream(std::uint64_t,
                                               std::int64_t batch_tokens,
                                               std::int64_t) override {
    return std::make_unique<Stream>(x_, batch_tokens);
  }

 private:
  class Stream : public ActivationStream {
   public:
    Stream(at::Tensor x, std::int64_t batch_tokens)
        : x_(std::move(x)), batch_tokens_(batch_tokens) {}
    at::Tensor Next() override {
      const std::int64_t batches = x_.size(0) / batch_tokens_;
      return x_.narrow(0, (next_++ % batches) * batch_tokens_, batch_tokens_);
    }

   private:
    at::Tensor x_;
    std::int64_t batch_tokens_, next_ = 0;
  };

  at::Tensor x_;
  HeldOutVectors held_out_;
};

RunSpec FindRun(const Case& of) {
  const double threshold =
      at::special_ndtri(at::scalar_tensor(1 - of.share, at::kDouble)).item<double>();
  return StillRun(of.d_in, of.d_sae, of.batch_tokens, std::max(0.001, threshold));
}

Job JobOf(const Case& of, const std::string& device, const StepTuning& tuning) {
  Job job;
  job.device = device;
  job.threads = 1;
  job.tuning = tuning;
  for (int member = 0; member < of.members; ++member) {
    job.runs.push_back(FindRun(of));
    job.runs.back().training.lr *= 1 + member;
  }
  return job;
}

// Tokens of all members a second.
double Turn(Gang& gang, const Case& of, int steps, at::Device device) {
  return static_cast<double>(of.batch_tokens * of.members * steps) /
         SecondsOfSteps(gang, steps, device);
}

Json Measured(const Case& of, const std::string& name, bool quick) {
  const at::Device device(name);
  const StepTuning tuned = TuningFor(FindRun(of), name);
  StepTuning reference = tuned;
  reference.path = "reference";
  NormalVectors source(of, device);
  Gang own(JobOf(of, name, tuned), source, SecondsNow);
  Gang plain(JobOf(of, name, reference), source, SecondsNow);
  const int steps = quick ? 8 : 64, rounds = quick ? 2 : 7;
  std::vector<double> own_speeds, plain_speeds;
  for (int round = 0; round <= rounds; ++round) {
    const double fast = Turn(own, of, steps, device);
    const double slow = Turn(plain, of, std::max(1, steps / 8), device);
    if (round == 0) continue;  // memory, graphs, and which side is dense
    own_speeds.push_back(fast);
    plain_speeds.push_back(slow);
  }
  return {{"name", of.name},
          {"d_in", of.d_in},
          {"d_sae", of.d_sae},
          {"batch_tokens", of.batch_tokens},
          {"members", of.members},
          {"tuning", Json::parse(ToJson(tuned))},
          {"l0", own.members().front()->latest().l0},
          {"tokens_per_second", Median(own_speeds)},
          {"reference_tokens_per_second", Median(plain_speeds)},
          {"ratio", Median(own_speeds) / Median(plain_speeds)},
          {"turns", own_speeds},
          {"reference_turns", plain_speeds}};
}

void Run(const std::string& device, const std::string& out, bool quick) {
  Job any;
  any.device = device;
  BeginOn(any);
  const c10::InferenceMode no_autograd;
  Json result = {{"benchmark", "gpu"},
                 {"quick", quick},
                 {"device", device},
                 {"machine", NameMachine(device)},
                 {"gemm_bf16_flops", GemmFlops(at::Device(device), quick ? 256 : 8192)},
                 {"cases", Json::array()}};
  for (const Case& of : Cases(quick)) {
    result["cases"].push_back(Measured(of, device, quick));
    const Json& last = result["cases"].back();
    fmt::print("{}: {:.4g} tokens/s, {:.3g} times LibTorch's operations, L0 {:.3g}\n",
               of.name,
               last["tokens_per_second"].get<double>(),
               last["ratio"].get<double>(),
               last["l0"].get<double>());
  }
  WriteFile(out, result.dump(1) + "\n", Durability::kAtomic);
}

// A small synthetic source, and two runs on it.
void WriteJobs(const std::string& folder, const std::string& device) {
  RunSpec run;
  run.source.d_in = 64;
  run.source.held_out_tokens = 512;
  run.source.normalisation_tokens = 4096;
  run.sae.d_sae = 256;
  run.training.batch_tokens = 256;
  run.training.lr = 3e-3;
  run.training.threshold_lr = 1e-3;
  run.training.sparsity_coefficient = 5e-3;
  run.training.evaluations = 2;
  run.tokens = 4000 * run.training.batch_tokens;
  Job job;
  job.source = run.source;
  job.device = device;
  job.kind = JobKind::kMeasure;
  job.tuning.machine = NameMachine(device);
  job.tuning.shapes = {{{run.sae.d_sae, run.training.batch_tokens}, {}}};
  job.id = ComputeId(job);
  WriteFile(folder + "/measure.json", ToJson(job), Durability::kAtomic);
  job.kind = JobKind::kTrain;
  job.tuning = {};
  job.runs = {run, run};
  job.runs[1].training.lr = 1e-3;
  job.id = ComputeId(job);
  WriteFile(folder + "/train.json", ToJson(job), Durability::kAtomic);
}

}  // namespace
}  // namespace saelaw

int main(int count, char** arguments) {
  const std::vector<std::string> given(arguments + 1, arguments + count);
  if (given.size() < 2 || (given[0] == "--jobs" && given.size() < 3)) {
    fmt::print(stderr,
               "usage: saelaw-bench-gang DEVICE OUT.json [--quick] | --jobs FOLDER DEVICE\n");
    return static_cast<int>(saelaw::ExitCode::kUsage);
  }
  return saelaw::RunProgram("saelaw-bench-gang", [&] {
    if (given[0] == "--jobs") {
      saelaw::WriteJobs(given[1], given[2]);
    } else {
      saelaw::Run(given[0], given[1], given.size() > 2 && given[2] == "--quick");
    }
  });
}
