#include "study/advice/advice_limits.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace saelaw {

void WarnOfHeldRate(const Findings& findings,
                    const Recommendation& answer,
                    std::vector<std::string>& warnings) {
  if (answer.lr_basis != LrBasis::kStabilityEdge || findings.loss.at_best_rates.lr == answer.lr)
    return;
  if (std::isnan(answer.lr_cost.value)) {
    warnings.push_back(
        "the advised learning rate is held below the stability edge, and the predicted loss is "
        "that of the rates that were measured: expect a higher loss");
    return;
  }
  warnings.push_back(fmt::format(
      "the stability edge holds the advised learning rate below the best one, {:.3g}: "
      "that costs {:.2g} % of the loss, and the predicted loss has it in; the predicted "
      "mse, fvu and l0 have not",
      answer.lr_optimum.value,
      100 * answer.lr_cost.value));
}

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

void Withhold(Recommendation* answer) {
  answer->lr = answer->lr_bound = 0;
  answer->lr_interval = {};
  answer->lr_margin = answer->lr_regret = answer->lr_survival =
      std::numeric_limits<double>::quiet_NaN();
  for (Estimate* estimate : {&answer->lr_max,
                             &answer->lr_optimum,
                             &answer->lr_cost,
                             &answer->lr_surface,
                             &answer->loss,
                             &answer->mse,
                             &answer->fvu,
                             &answer->l0}) {
    *estimate = {};
  }
  for (Alternative& alternative : answer->alternatives) alternative.loss = {};
  answer->would_change.clear();
  answer->criticism.would_change.clear();
}

}  // namespace saelaw
