// saelaw-gpu-bench [LIBRARY]: training steps on a GPU, d_in 2048, d_sae 16384, batch 4096: at L0
// about 64, with latents that are always active, and at the start, when half of them fire; each
// product alone beside them, and LibTorch's operations in bf16. JSON to the standard output.
#include <algorithm>
#include <cstdio>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/InferenceMode.h>
#include <nlohmann/json.hpp>

#include "program.h"
#include "sae/gpu/gpu_library.h"
#include "sae/model/initialise.h"
#include "sae/model/stepper.h"
#include "sae/tune/accelerations.h"
#include "timing.h"

namespace saelaw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kDIn = 2048, kDSae = 16384, kTokens = 4096;
constexpr int kWarmUp = 10, kRepeats = 7, kSteps = 20;
const StepRates kStill{1e-9, 1e-9, 1e-3};  // so that all steps see the same density

at::Device Gpu() { return {at::kCUDA, 0}; }

struct Case {
  const char* name;
  double active_share;  // of standard normal pre-activations
  bool dense;
  int always = 0;  // so many latents are active on every token
};

struct Trial {
  SaeState state;
  StepWorkspace workspace;
  std::unique_ptr<Stepper> stepper;
  double active = 0;

  Trial(const Case& of, std::string_view path, const std::array<std::int32_t, 5>& algorithms) {
    SaeSpec spec;
    spec.d_sae = kDSae;
    StepSettings settings;
    settings.objective.precision = Precision::kBf16;
    settings.dense_above = of.dense ? 0 : 1;
    settings.gpu_algorithms = algorithms;
    state.parameters = Initialise(kDIn, spec, 1, at::kFloat, Gpu());
    state.parameters.threshold.fill_(std::max(
        at::special_ndtri(at::scalar_tensor(1 - of.active_share, at::kDouble)).item<double>(),
        settings.objective.bandwidth));
    if (of.always > 0) state.parameters.b_enc.narrow(0, 0, of.always).fill_(10);
    state.adam = NewAdamState(state.parameters, settings.adam);
    state.dense = of.dense;
    stepper = MakeStepper(path, settings, workspace, state);
  }
  // Waits for the GPU.
  double Step(const at::Tensor& x) {
    return stepper->Step(kStill, x).totals.cpu().const_data_ptr<double>()[2] / kTokens;
  }
};

// Tokens per second: the median over repeats of kSteps steps each.
Json Measure(const Case& of,
             std::string_view path,
             const std::array<std::int32_t, 5>& algorithms,
             const std::vector<at::Tensor>& batches) {
  Trial trial(of, path, algorithms);
  double l0 = 0;
  for (int i = 0; i < kWarmUp; ++i) l0 = trial.Step(batches[i % batches.size()]);
  std::vector<double> rates;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const double begin = SecondsNow();
    for (int i = 0; i + 1 < kSteps; ++i) {
      trial.stepper->Step(kStill, batches[i % batches.size()]);
    }
    trial.Step(batches[0]);
    rates.push_back(kSteps * kTokens / (SecondsNow() - begin));
  }
  return {{"case", of.name},
          {"path", path},
          {"l0", l0},
          {"tokens_per_second", Median(rates)},
          {"slowest", *std::min_element(rates.begin(), rates.end())},
          {"fastest", *std::max_element(rates.begin(), rates.end())}};
}

void Check(std::int32_t code) { CheckGpu(code, GpuLibrary().last_error(), "a product"); }

// The fastest of cuBLASLt's algorithms for a product.
Json TimeProduct(SaelawGpuProduct product, std::int32_t& fastest) {
  const SaelawGpuShape shape{kDIn, kDSae, kTokens};
  const auto bytes = static_cast<std::int64_t>(GpuLibrary().measure_bytes(&shape));
  const at::Tensor memory = at::empty({bytes}, at::TensorOptions().dtype(at::kByte).device(Gpu()));
  std::int32_t count = 0;
  Check(GpuLibrary().algorithms(&shape, product, &count));
  std::vector<float> milliseconds;
  for (std::int32_t i = 0; i < count; ++i) {
    Check(GpuLibrary().measure(
        &shape, product, i, memory.data_ptr(), nullptr, &milliseconds.emplace_back()));
  }
  const auto best = std::min_element(milliseconds.begin(), milliseconds.end());
  fastest = static_cast<std::int32_t>(best - milliseconds.begin());
  return {{"product", product},
          {"algorithms", count},
          {"fastest", fastest},
          {"first_milliseconds", milliseconds[0]},
          {"milliseconds", *best},
          {"tflops", 2e-9 * kDIn * kDSae * kTokens / *best}};
}

Json Benchmark() {
  std::vector<at::Tensor> batches;
  for (std::uint64_t i = 0; i < 4; ++i) {
    batches.push_back(
        at::randn({kTokens, kDIn}, at::detail::createCPUGenerator(i + 1), at::kFloat).to(Gpu()));
  }
  Json products = Json::array(), steps = Json::array();
  std::array<std::int32_t, 5> algorithms{};
  for (std::int32_t i = 0; i < kSaelawGpuProducts; ++i) {
    products.push_back(TimeProduct(static_cast<SaelawGpuProduct>(i), algorithms[i]));
  }
  const Case sparse{"L0 64", 64.0 / kDSae, false}, dense{"start", 0.5, true};
  // As trained SAEs often have some: their gradients are sums over the whole batch.
  const Case crowded{"L0 64, 8 of them always active", 56.0 / kDSae, false, 8};
  for (const Case& each : {sparse, crowded, dense}) {
    steps.push_back(Measure(each, kCudaPath, algorithms, batches));
  }
  for (const Case& each : {sparse, dense}) {
    steps.push_back(Measure(each, kReferencePath, algorithms, batches));
  }
  return {{"d_in", kDIn},
          {"d_sae", kDSae},
          {"batch_tokens", kTokens},
          {"products", products},
          {"steps", steps}};
}

}  // namespace
}  // namespace saelaw

int main(int argc, char** argv) {
  return saelaw::RunProgram("saelaw-gpu-bench", [&] {
    const c10::InferenceMode no_autograd;
    saelaw::OpenGpuLibrary(argc > 1 ? argv[1] : saelaw::DefaultGpuLibrary());
    std::printf("%s\n", saelaw::Benchmark().dump(1).c_str());
  });
}
