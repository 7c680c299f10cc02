#include "study/findings/rate_loss.h"

#include <cmath>

namespace saelaw {
namespace {

// Held below the best rate, of which the law that predicts speaks.
bool HeldBelowBest(const Findings& findings, const RateChoice& choice, std::int64_t d_sae) {
  return choice.basis == LrBasis::kStabilityEdge && choice.law == LossLawOf::kTarget &&
         findings.BestPredicts(d_sae) && findings.best_loss_lr == 0;
}

}  // namespace

bool CoversRate(const Findings& findings, const RateChoice& choice, std::int64_t d_sae) {
  if (choice.basis != LrBasis::kStabilityEdge || choice.law == LossLawOf::kItsRate) return true;
  if (HeldBelowBest(findings, choice, d_sae)) return !std::isnan(choice.cost);
  const double of_law = findings.BestPredicts(d_sae) ? findings.best_loss_lr : findings.loss_law_lr;
  return choice.lr == of_law;
}

Prediction PredictLoss(const Findings& findings,
                       const RateChoice& choice,
                       const Point& at,
                       std::int64_t d_sae,
                       MeasuredOn documents) {
  const bool its_rate = choice.law == LossLawOf::kItsRate;
  const LawFit& law = its_rate ? findings.loss_law : findings.predicting_law(d_sae);
  Prediction predicted =
      documents == MeasuredOn::kSameDocuments ? law.PredictOnSameSet(at) : law.Predict(at);
  if (!CoversRate(findings, choice, d_sae)) {
    predicted.confidence = predicted.prediction = {};
    return predicted;
  }
  if (!HeldBelowBest(findings, choice, d_sae)) return predicted;
  predicted.value *= 1 + choice.cost;
  for (Interval* interval : {&predicted.confidence, &predicted.prediction}) {
    interval->lo *= 1 + choice.cost_interval.lo;
    interval->hi *= 1 + choice.cost_interval.hi;
  }
  return predicted;
}

}  // namespace saelaw
