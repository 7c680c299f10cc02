// saelaw's side of benchmarks/step: what the trainer runs per step, on vectors given in a file.
// Every line on standard input is a turn of STEPS steps; its seconds and its last
// batch's L0 are the answer, as one line of JSON.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include "run/errors.h"
#include "tensors/safetensors.h"
#include "train/member.h"
#include "train/tensor_bytes.h"
#include "train/train_job.h"

namespace saelaw {
namespace {

constexpr const char* kUsage =
    "usage: saelaw-bench-step VECTORS.safetensors BATCH STEPS THREADS fp32|bf16 THRESHOLD DEVICE\n";

struct Vectors {
  std::vector<at::Tensor> batches;  // [batch, d_in] each
  at::Tensor w_dec;                 // [d_sae, d_in], rows of unit norm
};

at::Tensor Read(const SafetensorsFile& file, const std::string& name, at::Device device) {
  const TensorView* view = file.Find(name);
  if (view == nullptr) throw IoError(fmt::format("{}: no tensor {}", file.path().string(), name));
  return FromView(*view, device);
}

Vectors ReadVectors(const std::string& path, std::int64_t batch_tokens, at::Device device) {
  const SafetensorsFile file(path);
  const at::Tensor x = Read(file, "x", device);
  Vectors vectors{{}, Read(file, "w_dec", device)};
  for (std::int64_t i = 0; i + batch_tokens <= x.size(0); i += batch_tokens) {
    vectors.batches.push_back(x.narrow(0, i, batch_tokens));
  }
  if (vectors.batches.empty()) throw ConfigurationError("fewer vectors than one batch holds");
  return vectors;
}

// A run so long that no evaluation and no end falls into the measurement, at rates so small that
// L0 stays where it begins.
RunSpec SpecOf(const Vectors& vectors, const std::string& precision, double threshold) {
  RunSpec spec;
  spec.source.d_in = vectors.w_dec.size(1);
  spec.sae.d_sae = vectors.w_dec.size(0);
  spec.sae.threshold_init = threshold;
  spec.training.batch_tokens = vectors.batches.front().size(0);
  spec.training.lr = 1e-7;
  spec.training.threshold_lr = 1e-9;
  spec.training.schedule = Schedule::kConstant;
  spec.training.evaluations = 1;
  spec.training.precision = precision == "bf16" ? Precision::kBf16 : Precision::kFp32;
  spec.tokens = spec.training.batch_tokens * 1'000'000;
  return spec;
}

// A member that begins with the given dictionary, its encoder the transpose.
Member NewMember(const RunSpec& spec, const Vectors& vectors) {
  const HeldOutSet held_out = HeldOutFrom(vectors.batches.front());
  MemberState state = Member(spec, held_out, held_out).state();
  state.parameters.w_dec = vectors.w_dec;
  state.parameters.w_enc = vectors.w_dec.t().contiguous();
  return Member(spec, held_out, held_out, std::move(state));
}

void Serve(Member& member, const Vectors& vectors, int steps) {
  std::size_t next = 0;
  while (std::getchar() == '\n') {
    const auto start = std::chrono::steady_clock::now();
    for (int step = 0; step < steps; ++step) {
      member.Step(vectors.batches[next++ % vectors.batches.size()]);
    }
    member.Settle();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fmt::print("{{\"seconds\": {}, \"l0\": {}}}\n", seconds.count(), member.latest().l0);
    std::fflush(stdout);
  }
}

void Run(char** arguments) {
  Job job;
  job.threads = std::atoi(arguments[4]);
  job.device = arguments[7];
  ConfigureNumerics(job);
  const c10::InferenceMode no_autograd;
  const Vectors vectors = ReadVectors(arguments[1], std::atoll(arguments[2]), DeviceOf(job));
  Member member = NewMember(SpecOf(vectors, arguments[5], std::atof(arguments[6])), vectors);
  Serve(member, vectors, std::atoi(arguments[3]));
}

}  // namespace
}  // namespace saelaw

int main(int count, char** arguments) {
  if (count != 8) {
    fmt::print(stderr, "{}", saelaw::kUsage);
    return static_cast<int>(saelaw::ExitCode::kUsage);
  }
  try {
    saelaw::Run(arguments);
    return 0;
  } catch (const saelaw::Error& error) {
    fmt::print(stderr, "saelaw-bench-step: {}\n", error.what());
    return static_cast<int>(error.code());
  }
}
