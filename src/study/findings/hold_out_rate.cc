// The hold-out is to check the law that advises, so it trains where that law predicts: at the
// advised rate, or where no law says what that rate reaches, at the loss law's own.
#include "study/findings/hold_out_rate.h"

#include <cmath>

#include "study/design/places.h"

namespace saelaw {

RateChoice HoldOutRate(const Sweep& sweep, const RateLaws& rates, const LossLaws& laws) {
  RateChoice at_a_rate;
  if (laws.at_best_rates.lr > 0) {
    at_a_rate.lr = laws.at_best_rates.lr;
    at_a_rate.basis = LrBasis::kStabilityEdge;
    return at_a_rate;
  }
  const RateChoice choice = ChooseRate(sweep, rates, HoldOutPlace(sweep));
  // No law of loss predicts at a bound that nothing was trained at, or so far below the best rates:
  // then the loss law is checked at its own rate, where that is likely to survive.
  const bool predicted = choice.basis != LrBasis::kStabilityEdge || !std::isnan(choice.cost) ||
                         rates.IsMeasured(choice.lr);
  if (predicted) return choice;
  if (sweep.loss_law.lr >= rates.edge.law.Predict(HoldOutPlace(sweep)).value) return choice;
  at_a_rate.lr = sweep.loss_law.lr;
  at_a_rate.bound = choice.bound;
  at_a_rate.law = LossLawOf::kItsRate;
  return at_a_rate;
}

}  // namespace saelaw
