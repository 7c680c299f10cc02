#include "study/advice/forecast.h"

#include "study/design/places.h"
#include "study/findings/rate_choice.h"
#include "study/findings/rate_loss.h"

namespace saelaw {

Estimate Forecast::At(const LawFit& law, double tokens) const {
  if (!law.ok()) return {};
  const Prediction predicted = law.Predict(Place(tokens));
  return {predicted.value, supported_ ? predicted.prediction : Interval{}};
}

Estimate Forecast::Loss(double tokens) const {
  const Point at = Place(tokens);
  return LossAt(ChooseRate(sweep_, findings_.rates, at), at);
}

Estimate Forecast::ComparableLoss(double tokens) const {
  const Point at = Place(tokens);
  const RateChoice rate = ChooseRate(sweep_, findings_.rates, at);
  const bool covered = CoversRate(findings_.loss, rate, sweep_.target.d_sae);
  return covered ? LossAt(rate, at) : Estimate{};
}

Point Forecast::Place(double tokens) const {
  Point at = TargetPlace(sweep_);
  at.tokens = tokens;
  return at;
}

Estimate Forecast::LossAt(const RateChoice& rate, const Point& at) const {
  if (!findings_.loss.Predicting().fit.ok()) return {};
  const Prediction predicted = PredictLoss(findings_.loss, rate, at, sweep_.target.d_sae);
  return {predicted.value, supported_ ? predicted.prediction : Interval{}};
}

}  // namespace saelaw
