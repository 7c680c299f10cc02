// Every value is computed from the step alone and nothing is accumulated, so a run that goes on
// from a checkpoint follows the same schedule to the last bit.
#include "train/schedule.h"

#include <cmath>
#include <numbers>

#include "core/trunk.h"

namespace saelaw {
namespace {

// Half a cosine from 0 at t = 0 to 1 at t = 1.
double CosineRise(double t) { return (1 - std::cos(std::numbers::pi * t)) / 2; }

// A stretch in steps, not rounded: a run's schedule is a smooth function of its length.
double CountSteps(const Stretch& stretch, const RunSpec& spec) {
  return stretch.Tokens(spec.tokens) / static_cast<double>(spec.training.batch_tokens);
}

}  // namespace

double LrFactor(const RunSpec& spec, std::int64_t step) {
  const TrainingSpec& training = spec.training;
  const auto t = static_cast<double>(step);
  const auto steps = static_cast<double>(spec.steps());
  const double warmup = CountSteps(training.lr_warmup, spec);
  if (t < warmup) {
    return std::lerp(training.lr_warmup_start, 1.0, CosineRise(t / warmup));
  }
  // The decay at the end comes from core/trunk.h, because it also decides where runs of different
  // lengths part, and the two must agree on the step.
  switch (training.schedule) {
    case Schedule::kConstant:
      return 1;
    case Schedule::kCosine:
      return 1 - CosineRise((t - warmup) / (steps - warmup));
    case Schedule::kWarmupStableDecay:
      return StableDecay(spec, step);
  }
  // The cases above are all there are; compilers do not take an enumeration's word for that.
  return 1;
}

double SparsityWarmupSteps(const RunSpec& spec) {
  return CountSteps(spec.training.sparsity_warmup, spec);
}

double SparsityCoefficientAt(const RunSpec& spec, std::int64_t step) {
  const double warmup = SparsityWarmupSteps(spec);
  const auto t = static_cast<double>(step);
  // With no warm-up t is never below it, so nothing is divided by zero.
  return spec.training.sparsity_coefficient * (t < warmup ? t / warmup : 1.0);
}

bool ResamplesAt(const RunSpec& spec, std::int64_t step) {
  const TrainingSpec& training = spec.training;
  if (training.dead_latents != DeadLatents::kResample || step == 0) return false;
  // Shares of a run seldom are whole steps; what a rounding error leaves to one counts as one.
  constexpr double kNearly = 1e-6;
  const double every = CountSteps(training.resample_every, spec);
  const double now = static_cast<double>(step) + kNearly;
  return now <= CountSteps(training.resample_until, spec) + 2 * kNearly &&
         std::floor(now / every) > std::floor((now - 1) / every);
}

std::int64_t EvaluationStep(std::int64_t steps, int index, int points) {
  // Whole numbers are divided last, so that the points spread evenly and the last one is the last
  // step.
  return steps * (index + 1) / points;
}

}  // namespace saelaw
