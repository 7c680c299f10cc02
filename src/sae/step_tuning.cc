#include "sae/step_tuning.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/InferenceMode.h>

#include "sae/stepper.h"

namespace saelaw {
namespace {

// Large enough that a step is made of its products and updates, small enough to be quick.
constexpr std::int64_t kLatents = 2048;
constexpr std::int64_t kTokens = 1024;
constexpr int kTimedSteps = 3;
// Between these the time of a sparse step is taken to be linear in the density.
constexpr double kSparser = 0.01, kDenser = 0.06;
constexpr double kLowest = 0.005, kHighest = 0.5;

// A threshold that this share of standard normal pre-activations exceeds.
double ThresholdFor(double share) {
  return at::special_ndtri(at::scalar_tensor(1 - share, at::kDouble)).item<double>();
}

double SecondsOf(Stepper& stepper, const at::Tensor& x) {
  const StepRates still{1e-9, 1e-9, 1e-3};
  stepper.Step(still, x);  // memory, and LibTorch's choice of kernels
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kTimedSteps; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    stepper.Step(still, x);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    best = std::min(best, taken.count());
  }
  return best;
}

// Seconds of a step with this share of active latents.
double SecondsAt(
    double share, bool dense, StepPath path, Precision precision, const at::Tensor& x) {
  SaeSpec spec;
  spec.d_sae = kLatents;
  StepSettings settings;
  settings.objective.precision = precision;
  settings.dense_above = dense ? 0 : 1;
  SaeState state;
  state.parameters = Initialise(x.size(1), spec, 1, at::kFloat, at::kCPU);
  state.parameters.threshold.fill_(ThresholdFor(share));
  state.adam = NewAdamState(state.parameters, settings.adam);
  state.dense = dense;
  StepWorkspace workspace;
  return SecondsOf(*MakeStepper(path, settings, workspace, state), x);
}

double DenseAbove(StepPath path, Precision precision, const at::Tensor& x) {
  const double dense = SecondsAt(kDenser, true, path, precision, x);
  const double low = SecondsAt(kSparser, false, path, precision, x);
  const double high = SecondsAt(kDenser, false, path, precision, x);
  const double slope = (high - low) / (kDenser - kSparser);
  if (!(slope > 0)) return kHighest;  // sparse costs nothing that could be seen
  return std::clamp(kSparser + (dense - low) / slope, kLowest, kHighest);
}

}  // namespace

StepTuning TuneSteps(std::int64_t d_in) {
  const c10::InferenceMode no_autograd;
  const StepPath path = BestStepPath();
  StepTuning tuning{std::string(Name(path))};
  if (path == StepPath::kReference) return tuning;
  // Unit decoder rows make pre-activations of standard normal vectors standard normal too.
  const at::Tensor x = at::randn({kTokens, d_in}, at::detail::createCPUGenerator(1), at::kFloat);
  tuning.dense_above_fp32 = DenseAbove(path, Precision::kFp32, x);
  tuning.dense_above_bf16 = DenseAbove(path, Precision::kBf16, x);
  return tuning;
}

}  // namespace saelaw
