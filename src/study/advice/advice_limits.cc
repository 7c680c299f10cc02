// Each law reaches as far as its own runs: the law of loss by its points, the rate by the sizes
// whose optimum or edge is known. The first that reaches too far is the reason.
#include "study/advice/advice_limits.h"

#include <algorithm>
#include <limits>

namespace saelaw {
namespace {

// How far the ground of the advised rate reaches: by the largest of the sizes whose optimum, or
// whose edge, is known.
Extrapolation ReachOfRate(const Findings& findings, const Recommendation& answer) {
  double largest = 0;
  if (answer.lr_basis == LrBasis::kOptimum) {
    for (const LrOptimum& optimum : findings.rates.best.optima) {
      if (optimum.censoring == Censoring::kNone) largest = std::max(largest, optimum.tokens);
    }
  } else if (answer.lr_basis == LrBasis::kStabilityEdge) {
    for (const LrEdgeBracket& bracket : findings.rates.edge.brackets) {
      if (bracket.last_survivor == 0 || bracket.first_failure == 0) continue;
      largest = std::max(largest, bracket.tokens);
    }
  }
  return largest > 0 ? JudgeExtrapolation(largest, answer.tokens) : Extrapolation{};
}

}  // namespace

std::optional<WhyWithheld> FindWhyWithheld(const Findings& findings,
                                           const Extrapolation& reach,
                                           const Recommendation& answer) {
  if (findings.loss.all_short) return withheld::ShortRuns{false};
  if (findings.rates.all_short && answer.lr_basis != LrBasis::kNone) {
    return withheld::ShortRuns{true};
  }
  if (reach.needs_force) return withheld::TooFar{false, reach.OfSize()};
  const Extrapolation rate_reach = ReachOfRate(findings, answer);
  if (rate_reach.needs_force) return withheld::TooFar{true, rate_reach.OfSize()};
  return {};
}

void Withhold(Recommendation* answer) {
  answer->lr = answer->lr_bound = 0;
  answer->lr_interval = {};
  answer->lr_margin = answer->lr_regret = answer->lr_survival =
      std::numeric_limits<double>::quiet_NaN();
  for (Estimate* estimate : {&answer->lr_max,
                             &answer->lr_optimum,
                             &answer->lr_cost,
                             &answer->lr_surface,
                             &answer->loss}) {
    *estimate = {};
  }
  answer->parts = {};
  answer->risk.rates.clear();
  answer->risk.failure_probability = answer->risk.cost = std::numeric_limits<double>::quiet_NaN();
  for (Alternative& alternative : answer->alternatives) alternative.loss = {};
  answer->would_change.clear();
  answer->criticism.would_change.clear();
}

}  // namespace saelaw
