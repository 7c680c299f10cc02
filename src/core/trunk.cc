// Runs share a trunk where nothing before their cooldowns shows how long they will be. Whether a
// step is of the cooldown is asked of the schedule itself, since rounding decides it.
#include "core/trunk.h"

#include <algorithm>
#include <cmath>

namespace saelaw {
namespace {

// A share of 0 is as long for every run as 0 tokens are.
bool EqualForAllLengths(const Stretch& stretch) {
  return stretch.in_tokens || stretch.fraction == 0;
}

}  // namespace

bool SharesTrunks(const TrainingSpec& training) {
  const bool resamples = training.dead_latents == DeadLatents::kResample;
  return training.schedule == Schedule::kWarmupStableDecay &&
         EqualForAllLengths(training.lr_warmup) && EqualForAllLengths(training.sparsity_warmup) &&
         (!resamples || (EqualForAllLengths(training.resample_every) &&
                         EqualForAllLengths(training.resample_until)));
}

std::string TrunkKey(const RunSpec& spec) {
  if (!SharesTrunks(spec.training)) return "";
  RunSpec any_length = spec;
  any_length.tokens = 0;
  return ComputeId(any_length);
}

double StableDecay(const RunSpec& spec, std::int64_t step) {
  const auto steps = static_cast<double>(spec.steps());
  const double left = steps - static_cast<double>(step);
  return std::min(1.0, left / (spec.training.decay_fraction * steps));
}

std::int64_t BranchStep(const RunSpec& spec) {
  const auto steps = static_cast<double>(spec.steps());
  const double warmup =
      spec.training.lr_warmup.Tokens(spec.tokens) / static_cast<double>(spec.training.batch_tokens);
  // Where it should be, but for rounding; then the first one that really is lower.
  const double near = std::floor((1 - spec.training.decay_fraction) * steps) - 2;
  auto step = static_cast<std::int64_t>(std::max({0.0, near, std::ceil(warmup)}));
  while (step < spec.steps() && StableDecay(spec, step) == 1) ++step;
  return std::min(step, spec.steps());
}

std::int64_t BranchTokens(const RunSpec& spec) {
  return BranchStep(spec) * spec.training.batch_tokens;
}

}  // namespace saelaw
