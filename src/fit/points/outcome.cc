#include "fit/points/outcome.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "core/quantities.h"

namespace saelaw {
namespace {

constexpr std::string_view kAgainstDivergence =
    "a lower training.lr, or a longer training.lr_warmup";

// The curve's minimum is compared with the curve's own end: both are on the same held-out tokens.
Judgement JudgeCurve(const RunResult& result, const JudgeRule& rule) {
  if (result.curve.empty()) return {};
  const auto lowest = std::min_element(
      result.curve.begin(), result.curve.end(), [](const Evaluation& a, const Evaluation& b) {
        return a.loss < b.loss;
      });
  const double ratio = result.curve.back().loss / lowest->loss;
  if (ratio <= rule.largest_loss_over_minimum) return {};
  return {Outcome::kCollapsed,
          fmt::format("held-out loss ended at {:.3g} times its minimum (limit {})",
                      ratio,
                      rule.largest_loss_over_minimum),
          "a lower training.lr, or a longer training.lr_warmup"};
}

// How many latents there are; 0 where no histogram tells.
double LatentsOf(const RunResult& result) {
  return static_cast<double>(std::accumulate(
      result.firing_histogram.begin(), result.firing_histogram.end(), std::int64_t{0}));
}

Judgement JudgeDead(const RunResult& result, const JudgeRule& rule) {
  const DeadLatents dead = DeadLatentsOf(result);
  if (!(dead.fraction > rule.largest_dead_fraction)) return {};
  return {Outcome::kCollapsed,
          fmt::format("{:.2g} of the latents are dead, silent {} (limit {})",
                      dead.fraction,
                      dead.by,
                      rule.largest_dead_fraction),
          "a lower training.sparsity.coefficient (or a higher target_l0), a lower training.lr, or "
          "fewer latents (sae.d_sae)"};
}

// A run whose rate was too low and one that never came back from too high a rate end alike here.
Judgement JudgeUse(const RunResult& result, const JudgeRule& rule) {
  if (!(result.final.fvu >= rule.smallest_useless_fvu)) return {};
  return {Outcome::kWorseThanMean,
          fmt::format("fvu {:.3g}: it reconstructs no better than the mean vector does (fvu 1)",
                      result.final.fvu),
          "more tokens or another training.lr, or a lower training.sparsity.coefficient"};
}

}  // namespace

DeadLatents DeadLatentsOf(const RunResult& result) {
  if (result.dead_after_tokens > 0 && result.tokens >= result.dead_after_tokens) {
    return {result.dead_fraction_training,
            fmt::format("for the last {} tokens of training (dead_after_tokens)",
                        FormatCount(static_cast<double>(result.dead_after_tokens)))};
  }
  DeadLatents dead{result.final.dead_fraction, "on all held-out tokens"};
  const double latents = LatentsOf(result);
  if (result.fired_once < 0 || latents < 1) return dead;
  const auto once = static_cast<double>(result.fired_once);
  const auto twice = static_cast<double>(result.fired_twice);
  const double rare = once * (once - 1) / (2 * (twice + 1));
  dead.fraction = std::max(0.0, dead.fraction - rare / latents);
  return dead;
}

std::string_view Name(Outcome outcome) {
  constexpr std::array<std::string_view, 6> kNames = {
      "completed", "diverged", "collapsed", "stopped", "out-of-memory", "worse-than-mean"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

Judgement Judge(const RunResult& result, const JudgeRule& rule) {
  switch (result.end) {
    case RunEnd::kNonFinite:
      return {Outcome::kDiverged, result.end_reason, std::string(kAgainstDivergence)};
    case RunEnd::kStopped:
      return {Outcome::kStopped, result.end_reason, ""};
    case RunEnd::kOutOfMemory:
      return {Outcome::kOutOfMemory,
              result.end_reason,
              "fewer execution.workers, a smaller training.batch_tokens, or a smaller sae.d_sae"};
    case RunEnd::kCompleted:
      break;
  }
  if (!std::isfinite(result.final.loss)) {
    return {Outcome::kDiverged, "held-out loss is not finite", std::string(kAgainstDivergence)};
  }
  for (const auto judge : {JudgeDead, JudgeCurve, JudgeUse}) {
    Judgement judgement = judge(result, rule);
    if (judgement.outcome != Outcome::kCompleted) return judgement;
  }
  return {};
}

}  // namespace saelaw
