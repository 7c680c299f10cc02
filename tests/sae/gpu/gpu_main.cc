// saelaw-gpu-test [LIBRARY]: the CUDA library on a real GPU. Each kernel against plain arithmetic,
// the whole step against the reference in fp64 on the CPU, recorded steps against themselves. A
// line for each check; exit code 1 if one fails.
#include <cstdio>
#include <exception>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <cuda_runtime.h>

#include "llm/gpu_kernels.h"
#include "llm/llama_block.h"
#include "llm/rope.h"
#include "sae/gpu/gpu_check.h"
#include "sae/gpu/gpu_stepper_checks.h"
#include "sae/model/initialise.h"
#include "sae/sae_tensors.h"

namespace saelaw::testing {
namespace {

void Require(cudaError_t error) {
  if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
}

const DeviceMemory kDeviceMemory{[](std::size_t bytes) {
                                   void* memory = nullptr;
                                   Require(cudaMalloc(&memory, bytes));
                                   return memory;
                                 },
                                 [](void* memory) { cudaFree(memory); },
                                 [](void* to, const void* from, std::size_t bytes) {
                                   Require(cudaMemcpy(to, from, bytes, cudaMemcpyDefault));
                                 }};

// As those of gpu_kernels_test.cc, and larger ones.
const StepCase kCases[] = {
    {"odd", {131, 301, 75}, true, false, false, 0.3, 0.7, 1},
    {"even", {64, 96, 64}, true, false, true, 0.3, 0.7, 2},
    {"log", {20, 24, 9}, false, true, true, 0.3, 0.7, 3},
    {"wide", {2088, 40, 13}, true, true, false, 0.3, 0.7, 4},
    {"crowded token", {24, 1100, 3}, true, false, false, 0.1, -3, 5},
    {"crowded latent", {24, 6, 1100}, true, false, false, 0.1, -3, 6},
    {"large", {512, 2048, 300}, true, false, false, 0.1, 1.5, 7},
    {"larger than groups", {64, 2500, 520}, true, false, true, 0.1, 2, 8},
};

class Report {
 public:
  void Print(const std::string& of, const std::vector<KernelCheck>& checks) {
    for (const KernelCheck& check : checks) {
      std::printf("%s  %s: %s  %.3g (allowed %.3g)\n",
                  check.passed() ? "ok  " : "FAIL",
                  of.c_str(),
                  check.name.c_str(),
                  check.error,
                  check.allowed);
      count_ += 1;
      failed_ += check.passed() ? 0 : 1;
    }
    std::fflush(stdout);
  }
  int End() const {
    std::printf("%d checks, %d failed\n", count_, failed_);
    return failed_ == 0 && count_ > 0 ? 0 : 1;
  }

 private:
  int count_ = 0, failed_ = 0;
};

// The first step of a mode is enqueued, the second recorded, the third repeated from the recording.
void CheckKernels(const StepCase& of, Report& report) {
  for (const bool dense : {false, true}) {
    StepRun run(of, kDeviceMemory);
    const std::string name = of.name + (dense ? ", dense" : ", sparse");
    for (int i = 1; i <= 3; ++i) {
      report.Print(name + ", step " + std::to_string(i),
                   StepChecker(run.Step(of.shape.tokens, dense)).Run());
    }
    report.Print(name + ", smaller batch", StepChecker(run.Step(of.shape.tokens - 2, dense)).Run());
    report.Print(name + ", then the other", StepChecker(run.Step(of.shape.tokens, !dense)).Run());
  }
}

double UnequalBits(const HostParameters& a, const HostParameters& b) {
  return (a.w_enc == b.w_enc ? 0 : 1) + (a.b_enc == b.b_enc ? 0 : 1) +
         (a.w_dec == b.w_dec ? 0 : 1) + (a.b_dec == b.b_dec ? 0 : 1) +
         (a.threshold == b.threshold ? 0 : 1);
}

void CheckRepeatability(const StepCase& of, Report& report) {
  for (const bool dense : {false, true}) {
    std::vector<StepEvidence> seen;
    for (int repeat = 0; repeat < 2; ++repeat) {
      StepRun run(of, kDeviceMemory);
      for (int i = 0; i < 4; ++i) run.Step(of.shape.tokens, dense);
      seen.push_back(run.Step(of.shape.tokens, dense));
    }
    report.Print(of.name + (dense ? ", dense" : ", sparse"),
                 {{"the same bits twice",
                   UnequalBits(seen[0].after, seen[1].after) +
                       UnequalBits(seen[0].second_after, seen[1].second_after),
                   0}});
  }
}

// At the size that counts, against LibTorch's operations in bf16 on the same GPU.
void CompareAtFullSize(Report& report) {
  const at::Device gpu(at::kCUDA, 0);
  SaeSpec spec;
  spec.d_sae = 16384;
  StepSettings settings;
  settings.objective.precision = Precision::kBf16;
  settings.objective.bandwidth = 0.05;
  settings.dense_above = 1;
  const at::Tensor x =
      at::randn({4096, 2048}, at::detail::createCPUGenerator(3), at::kFloat).to(gpu);
  const auto step = [&](std::string_view path, bool dense, SaeState& state) {
    state.parameters = Initialise(2048, spec, 1, at::kFloat, gpu);
    state.parameters.threshold.fill_(2.6);  // about 76 active latents of standard normal ones
    state.adam = NewAdamState(state.parameters, settings.adam);
    state.dense = dense;
    StepWorkspace workspace;
    return MakeStepper(path, settings, workspace, state)->Step({1e-3, 1e-3, 1e-2}, x);
  };
  const auto distance = [](const at::Tensor& a, const at::Tensor& b) {
    return ((a - b).norm() / b.norm()).item<double>();
  };
  SaeState expected;
  const BatchSums want = step(kReferencePath, true, expected);
  for (const bool dense : {false, true}) {
    SaeState state;
    const BatchSums got = step(kCudaPath, dense, state);
    std::vector<KernelCheck> checks = {
        {"the own kernels are taken", state.adam.row_updates.defined() ? 0.0 : 1.0, 0},
        {"totals", distance(got.totals, want.totals), 2e-3},
        {"fired", distance(got.fired, want.fired), 5e-3}};
    const auto second = TensorsOf(state.adam.second), other = TensorsOf(expected.adam.second);
    for (std::size_t i = 0; i < second.size(); ++i) {
      checks.push_back({std::string("gradient of ") + kSaeTensorNames[i],
                        distance(second[i].sqrt(), other[i].sqrt()),
                        i == 4 ? 0.05 : 0.02});
    }
    report.Print(dense ? "full size, dense" : "full size, sparse", checks);
  }
}

// A block of Llama-3.2-1B's shape by the library's kernels and by LibTorch's operations, both in
// bf16, against fp32 on the CPU.
void CheckLlamaBlock(const std::string& library, Report& report) {
  constexpr std::int64_t kHidden = 2048, kMlp = 8192, kContext = 96;
  const LlamaBlockShape shape{32, 8, 64, 1e-5};
  const auto drawn = [](at::IntArrayRef sizes, double scale) {
    return (at::randn(sizes) * scale).to(at::kBFloat16);
  };
  const double small = 1 / std::sqrt(static_cast<double>(kHidden));
  const LlamaBlock block{drawn({kHidden}, 1),
                         drawn({48 * 64, kHidden}, small),
                         drawn({kHidden, 32 * 64}, small),
                         drawn({kHidden}, 1),
                         drawn({2 * kMlp, kHidden}, small),
                         drawn({kHidden, kMlp}, small / 2)};
  const at::Tensor x = drawn({3, kContext, kHidden}, 1);
  const at::Tensor frequencies = at::exp(at::arange(32, at::kFloat) * -0.3);
  const auto pass = [&](const at::TensorOptions& options) {
    const auto there = [&](const at::Tensor& weight) { return weight.to(options); };
    const LlamaBlock own{there(block.attention_norm),
                         there(block.qkv),
                         there(block.attention_out),
                         there(block.mlp_norm),
                         there(block.gate_up),
                         there(block.down)};
    const RotaryTables tables = MakeRotaryTables(frequencies, kContext, at::kFloat);
    ResidualStream stream(x.to(options, /*non_blocking=*/false, /*copy=*/true));
    PassBlock(own, shape, {there(tables.cosine), there(tables.sine)}, stream);
    return stream.Sum().to(at::kCPU, at::kFloat);
  };
  const at::Tensor want = pass(at::dtype(at::kFloat));
  const auto distance = [&] {
    const at::Tensor got = pass(at::dtype(at::kBFloat16).device(at::kCUDA, 0));
    return ((got - want).norm() / (want - x.to(at::kFloat)).norm()).item<double>();
  };
  // Half a dozen roundings of 2^-9, one after the other.
  report.Print("llama block", {{"LibTorch's operations", distance(), 0.02}});
  OpenLlamaKernels(library);
  report.Print("llama block", {{"kernels", distance(), 0.02}});
}

int Main(int argc, char** argv) {
  const c10::InferenceMode no_autograd;
  const std::string library = argc > 1 ? argv[1] : DefaultGpuLibrary();
  OpenGpuLibrary(library);
  cudaDeviceProp device{};
  Require(cudaGetDeviceProperties(&device, 0));
  std::printf("%s, sm_%d%d\n", device.name, device.major, device.minor);
  Report report;
  for (const StepCase& each : kCases) CheckKernels(each, report);
  CheckRepeatability(kCases[0], report);
  CheckRepeatability(kCases[6], report);
  report.Print("stepper", StepperChecks(at::Device(at::kCUDA, 0)).Run());
  CompareAtFullSize(report);
  CheckLlamaBlock(library, report);
  return report.End();
}

}  // namespace
}  // namespace saelaw::testing

int main(int argc, char** argv) {
  try {
    return saelaw::testing::Main(argc, argv);
  } catch (const std::exception& error) {
    std::printf("FAIL  %s\n", error.what());
    return 1;
  }
}
