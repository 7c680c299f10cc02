// Each budget is predicted at the rate that would be advised for it. A rate that falls with data
// may make more tokens look worse, which nobody has to accept: the smaller budget's loss then
// stands.
#include "study/advice/forecast.h"

#include "study/design/places.h"
#include "study/findings/rate_choice.h"
#include "study/findings/rate_loss.h"

namespace saelaw {

Estimate Forecast::Loss(double tokens) const {
  if (!findings_.loss.Predicting().fit.ok()) return {};
  Point at = TargetPlace(sweep_);
  at.tokens = tokens;
  const std::int64_t d_sae = sweep_.target.d_sae;
  const RateChoice rate = ChooseRate(sweep_, findings_.rates, at);
  if (!CoversRate(findings_.loss, rate, d_sae)) return {};
  const Prediction predicted = PredictLoss(findings_.loss, rate, at, d_sae);
  return {predicted.value, supported_ ? predicted.prediction : Interval{}};
}

std::vector<Estimate> Forecast::Falling(const std::vector<double>& budgets,
                                        std::size_t target) const {
  std::vector<Estimate> losses;
  for (const double tokens : budgets) losses.push_back(Loss(tokens));
  // From the target outwards, each budget against its neighbour on the target's side.
  for (std::size_t i = target; i > 0; --i) {
    if (losses[i - 1].value < losses[i].value) losses[i - 1] = losses[i];
  }
  for (std::size_t i = target + 1; i < losses.size(); ++i) {
    if (losses[i].value > losses[i - 1].value) losses[i] = losses[i - 1];
  }
  return losses;
}

}  // namespace saelaw
