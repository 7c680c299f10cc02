// saelaw's side of benchmarks/step: what the trainer runs per batch, on vectors given in a file.
// Every line on standard input is a turn of STEPS steps; its seconds and its last batch's L0 are
// the answer, as one line of JSON.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include "core/errors.h"
#include "program.h"
#include "still_gang.h"
#include "tensors/safetensors.h"
#include "timing.h"
#include "train/gang.h"
#include "train/tensor_bytes.h"
#include "train/train_job.h"

namespace saelaw {
namespace {

constexpr const char* kUsage =
    "usage: saelaw-bench-step VECTORS.safetensors BATCH STEPS THREADS fp32|bf16 THRESHOLD DEVICE "
    "[K]\nK: a BatchTopK of so many latents a token, instead of a JumpReLU of that threshold\n";
constexpr std::int64_t kHeldOutTokens = 1024;

at::Tensor ReadTensor(const std::string& path, const std::string& name, at::Device device) {
  const SafetensorsFile file(path);
  const TensorView* view = file.Find(name);
  if (view == nullptr) throw IoError(fmt::format("{}: no tensor {}", path, name));
  return FromView(*view, device);
}

// The same batches again and again.
class GivenStream : public ActivationStream {
 public:
  GivenStream(at::Tensor x, std::int64_t batch_tokens)
      : x_(std::move(x)), batch_tokens_(batch_tokens) {}
  at::Tensor Next() override {
    const std::int64_t batches = x_.size(0) / batch_tokens_;
    return x_.narrow(0, (next_++ % batches) * batch_tokens_, batch_tokens_);
  }

 private:
  at::Tensor x_;  // [tokens, d_in]
  std::int64_t batch_tokens_;
  std::int64_t next_ = 0;
};

class GivenVectors : public ActivationSource {
 public:
  explicit GivenVectors(const at::Tensor& x)
      : x_(x),
        held_out_{x.narrow(0, 0, std::min(kHeldOutTokens, x.size(0))),
                  CutIntoBlocks(std::min(kHeldOutTokens, x.size(0)))} {}
  std::int64_t d_in() const override { return x_.size(1); }
  std::int64_t training_tokens() const override { return -1; }
  std::unique_ptr<ActivationStream> OpenStream(std::uint64_t,
                                               std::int64_t batch_tokens,
                                               std::int64_t) override {
    return std::make_unique<GivenStream>(x_, batch_tokens);
  }
  const HeldOutVectors& HeldOut() override { return held_out_; }

 private:
  at::Tensor x_;
  HeldOutVectors held_out_;
};

// With the threshold or the number of latents, and the precision, of the command line.
RunSpec FindRun(std::int64_t d_in, std::int64_t d_sae, char** arguments) {
  RunSpec spec =
      StillRun(d_in, d_sae, std::atoll(arguments[2]), /*threshold=*/std::atof(arguments[6]));
  spec.training.precision =
      arguments[5] == std::string("bf16") ? Precision::kBf16 : Precision::kFp32;
  if (arguments[8] != nullptr) {
    spec.sae.architecture = SaeArchitecture::kBatchTopK;
    spec.sae.k = std::atof(arguments[8]);
  }
  return spec;
}

// A gang of one that begins with the given dictionary, its encoder the transpose.
Gang NewGang(const Job& job, ActivationSource& source, const at::Tensor& w_dec) {
  GangState state = Gang(job, source, SecondsNow).State();
  SaeParameters& parameters = state.trunks.front().state.sae.parameters;
  parameters.w_dec.copy_(w_dec);
  parameters.w_enc.copy_(w_dec.t());
  return Gang(job, source, SecondsNow, std::move(state));
}

void Serve(Gang& gang, int steps, at::Device device) {
  while (std::getchar() == '\n') {
    const double seconds = SecondsOfSteps(gang, steps, device);
    const double l0 = gang.members().front()->latest().l0;
    fmt::print("{{\"seconds\": {}, \"l0\": {}}}\n", seconds, l0);
    std::fflush(stdout);
  }
}

void Run(char** arguments) {
  Job job;
  job.threads = std::atoi(arguments[4]);
  job.device = arguments[7];
  BeginOn(job);
  const c10::InferenceMode no_autograd;
  const at::Tensor w_dec = ReadTensor(arguments[1], "w_dec", ChooseDevice(job));  // [d_sae, d_in]
  GivenVectors source(ReadTensor(arguments[1], "x", ChooseDevice(job)));
  job.runs = {FindRun(w_dec.size(1), w_dec.size(0), arguments)};
  // On a CPU the kernels' own choice.
  if (!ChooseDevice(job).is_cpu()) job.tuning = TuningFor(job.runs.front(), job.device);
  Gang gang = NewGang(job, source, w_dec);
  Serve(gang, std::atoi(arguments[3]), ChooseDevice(job));
}

}  // namespace
}  // namespace saelaw

int main(int count, char** arguments) {
  if (count != 8 && count != 9) {
    fmt::print(stderr, "{}", saelaw::kUsage);
    return static_cast<int>(saelaw::ExitCode::kUsage);
  }
  return saelaw::RunProgram("saelaw-bench-step", [&] { saelaw::Run(arguments); });
}
