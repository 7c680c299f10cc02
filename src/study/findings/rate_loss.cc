// A law of loss is of certain rates. At another one its prediction is raised by what the valley
// says that this rate costs; where no valley reaches so far, the rate is not covered.
#include "study/findings/rate_loss.h"

#include <cmath>

namespace saelaw {
namespace {

// Held below the best rate, of which the law that predicts speaks.
bool HeldBelowBest(const LossLaws& laws, const RateChoice& choice, std::int64_t d_sae) {
  return choice.basis == LrBasis::kStabilityEdge && choice.law == LossLawOf::kTarget &&
         laws.BestPredicts(d_sae) && laws.at_best_rates.lr == 0;
}

}  // namespace

bool CoversRate(const LossLaws& laws, const RateChoice& choice, std::int64_t d_sae) {
  if (choice.basis != LrBasis::kStabilityEdge || choice.law == LossLawOf::kItsRate) return true;
  if (HeldBelowBest(laws, choice, d_sae)) return !std::isnan(choice.cost);
  return choice.lr == laws.Predicting(d_sae).lr;
}

Prediction PredictLoss(const LossLaws& laws,
                       const RateChoice& choice,
                       const Point& at,
                       std::int64_t d_sae,
                       MeasuredOn documents) {
  const bool its_rate = choice.law == LossLawOf::kItsRate;
  const LawFit& law = its_rate ? laws.at_one_rate.fit : laws.Predicting(d_sae).fit;
  Prediction predicted =
      documents == MeasuredOn::kSameDocuments ? law.PredictOnSameSet(at) : law.Predict(at);
  if (!CoversRate(laws, choice, d_sae)) {
    predicted.confidence = predicted.prediction = {};
    return predicted;
  }
  if (!HeldBelowBest(laws, choice, d_sae)) return predicted;
  predicted.value *= 1 + choice.cost;
  for (Interval* interval : {&predicted.confidence, &predicted.prediction}) {
    interval->lo *= 1 + choice.cost_interval.lo;
    interval->hi *= 1 + choice.cost_interval.hi;
  }
  return predicted;
}

}  // namespace saelaw
