// Times real steps to find the share of active latents from which dense products are faster. A
// dense step costs the same at any share and a sparse one grows with it, so two sparse times give a
// line and the answer is where it meets the dense time.
#include "sae/tune/step_tuning.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/InferenceMode.h>

#include "sae/model/initialise.h"
#include "sae/tune/accelerations.h"
#include "sae/tune/gpu_tuning.h"

namespace saelaw {
namespace {

// Large enough that a step is made of its products and updates, small enough to be quick.
constexpr std::int64_t kLatents = 2048;
constexpr std::int64_t kTokens = 1024;
constexpr int kFirstSteps = 2, kTimedSteps = 3;
// Between these the time of a sparse step is taken to be linear in the density.
constexpr double kSparser = 0.01, kDenser = 0.06;
constexpr double kLowest = 0.005, kHighest = 0.5;

// Gives a threshold that this share of standard normal pre-activations exceeds.
double ThresholdFor(double share) {
  return at::special_ndtri(at::scalar_tensor(1 - share, at::kDouble)).item<double>();
}

// What is timed, and on what.
struct Timed {
  std::string_view path = kReferencePath;
  Precision precision = Precision::kBf16;
  std::int64_t d_sae = kLatents;
  std::array<std::int32_t, kSaelawGpuProducts> algorithms{};
  at::Tensor x;  // [tokens, d_in]
};

// Takes one step, and waits for a device that was only told to make it.
void StepAndWait(Stepper& stepper, const StepRates& rates, const at::Tensor& x) {
  stepper.Step(rates, x).totals.cpu();
}

double MeasureSeconds(Stepper& stepper, const at::Tensor& x) {
  // The rates are so small that the SAE, and with it the share of active latents, stays as it is.
  const StepRates still{1e-9, 1e-9, 1e-3};
  // The first steps are not timed, for they reserve memory, let LibTorch choose its kernels and let
  // a GPU record its graph.
  for (int i = 0; i < kFirstSteps; ++i) StepAndWait(stepper, still, x);
  // The least time is kept, as other work on the machine can only add to it.
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kTimedSteps; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    StepAndWait(stepper, still, x);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    best = std::min(best, taken.count());
  }
  return best;
}

// Returns the seconds of a step with this share of active latents.
double SecondsAt(double share, bool dense, const Timed& timed) {
  const at::Tensor& x = timed.x;
  // A fresh SAE is made for each measurement, as steps change it and its workspace.
  SaeSpec spec;
  spec.d_sae = timed.d_sae;
  StepSettings settings;
  settings.objective.precision = timed.precision;
  // These limits keep Look from changing the way while the time is taken.
  settings.dense_above = dense ? 0 : 1;
  settings.gpu_algorithms = timed.algorithms;
  SaeState state;
  state.parameters = Initialise(x.size(1), spec, 1, at::kFloat, x.device());
  state.parameters.threshold.fill_(ThresholdFor(share));
  state.adam = NewAdamState(state.parameters, settings.adam);
  state.dense = dense;
  StepWorkspace workspace;
  return MeasureSeconds(*MakeStepper(timed.path, settings, workspace, state), x);
}

double DenseAbove(const Timed& timed) {
  const double dense = SecondsAt(kDenser, true, timed);
  const double low = SecondsAt(kSparser, false, timed);
  const double high = SecondsAt(kDenser, false, timed);
  const double slope = (high - low) / (kDenser - kSparser);
  if (!(slope > 0)) return kHighest;  // sparse costs nothing that could be seen
  // The line is not trusted far outside of where it was measured.
  return std::clamp(kSparser + (dense - low) / slope, kLowest, kHighest);
}

// Makes standard normal vectors: with unit decoder rows, their pre-activations are so too.
at::Tensor Vectors(std::int64_t tokens, std::int64_t d_in, at::Device device) {
  return at::randn({tokens, d_in}, at::detail::createCPUGenerator(1), at::kFloat).to(device);
}

void TuneCpu(std::int64_t d_in, std::string_view path, StepTuning& tuning) {
  Timed timed;
  timed.path = path;
  timed.x = Vectors(kTokens, d_in, at::kCPU);
  timed.precision = Precision::kFp32;
  tuning.dense_above_fp32 = DenseAbove(timed);
  timed.precision = Precision::kBf16;
  tuning.dense_above_bf16 = DenseAbove(timed);
}

// The largest shape is the one whose steps take the time, so its density decides for all.
std::int64_t Size(const TunedShape& tuned) { return tuned.shape.d_sae * tuned.shape.batch_tokens; }

void TuneGpu(std::int64_t d_in, at::Device device, StepTuning& tuning) {
  // Each shape gets algorithms of its own, as the fastest depends on the sizes.
  for (TunedShape& tuned : tuning.shapes) {
    tuned.algorithms = FastestAlgorithms(GpuLibrary(), d_in, tuned.shape, device);
  }
  const auto largest = std::max_element(
      tuning.shapes.begin(), tuning.shapes.end(), [](const TunedShape& a, const TunedShape& b) {
        return Size(a) < Size(b);
      });
  if (largest == tuning.shapes.end()) return;
  Timed timed;
  timed.path = kCudaPath;
  timed.d_sae = largest->shape.d_sae;
  timed.algorithms = FindGpuAlgorithms(tuning, largest->shape);
  timed.x = Vectors(largest->shape.batch_tokens, d_in, device);
  tuning.dense_above_bf16 = DenseAbove(timed);
}

}  // namespace

StepTuning TuneSteps(std::int64_t d_in, const StepTuning& wanted, at::Device device) {
  const c10::InferenceMode no_autograd;
  const std::string_view path =
      wanted.path == kReferencePath ? kReferencePath : FastestPathOn(device);
  StepTuning tuning;
  // The tuning names its path, so that a job goes on with the same one after an update of the
  // program.
  tuning.path = path;
  tuning.machine = wanted.machine;
  tuning.shapes = wanted.shapes;
  // On the reference path there is nothing to choose between.
  if (path == kCudaPath) {
    TuneGpu(d_in, device, tuning);
  } else if (path != kReferencePath) {
    TuneCpu(d_in, path, tuning);
  }
  return tuning;
}

}  // namespace saelaw
