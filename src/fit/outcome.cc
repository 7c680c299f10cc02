#include "fit/outcome.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace saelaw {
namespace {

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
                      rule.largest_loss_over_minimum)};
}

}  // namespace

std::string_view Name(Outcome outcome) {
  constexpr std::array<std::string_view, 5> kNames = {
      "completed", "diverged", "collapsed", "stopped", "out-of-memory"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

Judgement Judge(const RunResult& result, const JudgeRule& rule) {
  switch (result.end) {
    case RunEnd::kNonFinite:
      return {Outcome::kDiverged, result.end_reason};
    case RunEnd::kStopped:
      return {Outcome::kStopped, result.end_reason};
    case RunEnd::kOutOfMemory:
      return {Outcome::kOutOfMemory, result.end_reason};
    case RunEnd::kCompleted:
      break;
  }
  if (!std::isfinite(result.final.loss)) return {Outcome::kDiverged, "held-out loss is not finite"};
  if (result.final.dead_fraction > rule.largest_dead_fraction) {
    return {Outcome::kCollapsed,
            fmt::format("{:.2g} of the latents are dead (limit {})",
                        result.final.dead_fraction,
                        rule.largest_dead_fraction)};
  }
  return JudgeCurve(result, rule);
}

}  // namespace saelaw
