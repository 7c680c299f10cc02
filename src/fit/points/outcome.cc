// Judges a run by its own numbers, the surest sign first: how it ended, whether its final loss is
// finite, then dead latents, the curve and its use. The first judge that finds fault has the word.
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

// Compares the curve's minimum with the curve's own end, because both are measured on the same
// held-out tokens, and the final evaluation is not.
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
          std::string(kAgainstDivergence)};
}

// Gives the number of latents, or 0 where no histogram tells it.
double CountLatents(const RunResult& result) {
  return static_cast<double>(std::accumulate(
      result.firing_histogram.begin(), result.firing_histogram.end(), std::int64_t{0}));
}

Judgement JudgeDead(const RunResult& result, const JudgeRule& rule) {
  const DeadShare dead = CountDeadLatents(result);
  if (!(dead.fraction > rule.largest_dead_fraction)) return {};
  return {Outcome::kCollapsed,
          fmt::format("{:.2g} of the latents are dead, silent {} (limit {})",
                      dead.fraction,
                      dead.by,
                      rule.largest_dead_fraction),
          "a lower training.sparsity.coefficient (or a higher target_l0 or sae.k), a lower "
          "training.lr, or fewer latents (sae.d_sae)"};
}

// A run whose rate was too low and one that never came back from too high a rate end alike here, so
// the advice names both directions.
Judgement JudgeUse(const RunResult& result, const JudgeRule& rule) {
  if (!(result.final.fvu >= rule.smallest_useless_fvu)) return {};
  return {Outcome::kWorseThanMean,
          fmt::format("fvu {:.3g}: it reconstructs no better than the mean vector does (fvu 1)",
                      result.final.fvu),
          "more tokens or another training.lr, or a lower training.sparsity.coefficient"};
}

}  // namespace

DeadShare CountDeadLatents(const RunResult& result) {
  // Silence counted during training is the better witness, once the run was long enough to show it.
  if (result.dead_after_tokens > 0 && result.tokens >= result.dead_after_tokens) {
    return {result.dead_fraction_training,
            fmt::format("for the last {} tokens of training (dead_after_tokens)",
                        FormatCount(static_cast<double>(result.dead_after_tokens)))};
  }
  DeadShare dead{result.final.dead_fraction, "on all held-out tokens"};
  const double latents = CountLatents(result);
  if (result.fired_once < 0 || latents < 1) return dead;
  const auto once = static_cast<double>(result.fired_once);
  const auto twice = static_cast<double>(result.fired_twice);
  // Latents that are merely rare look dead on a finite set. How many those are is estimated from
  // those that fired once and twice (the estimator of unseen species by Chao 1984).
  const double rare = once * (once - 1) / (2 * (twice + 1));
  dead.fraction = std::max(0.0, dead.fraction - rare / latents);
  return dead;
}

std::string_view Name(Outcome outcome) {
  constexpr std::array<std::string_view, 6> kNames = {
      "completed", "diverged", "collapsed", "stopped", "out-of-memory", "worse-than-mean"};
  // An unknown outcome would be a fault of the program, so .at() may throw.
  return kNames.at(static_cast<std::size_t>(outcome));
}

Judgement Judge(const RunResult& result, const JudgeRule& rule) {
  // A run that was stopped or ran out of memory says nothing of its settings' stability, so it is
  // not judged by its numbers.
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
  // The order of the judges is the order of what a user should hear first.
  for (const auto judge : {JudgeDead, JudgeCurve, JudgeUse}) {
    Judgement judgement = judge(result, rule);
    if (judgement.outcome != Outcome::kCompleted) return judgement;
  }
  return {};
}

}  // namespace saelaw
