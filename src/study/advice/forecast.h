// Losses that are predicted at the target's size and batch, at any number of tokens.
#pragma once

#include "study/advice/recommendation.h"
#include "study/findings/findings.h"
#include "sweep/sweep.h"

namespace saelaw {

// Predictions with their intervals where a law covers the target.
class Forecast {
 public:
  // Keeps references.
  Forecast(const Sweep& sweep, const Findings& findings, bool supported)
      : sweep_(sweep), findings_(findings), supported_(supported) {}

  Estimate At(const LawFit& law, double tokens) const;
  // At the rate that is advised for that many tokens; where no law covers that rate, at those that
  // the law is of.
  Estimate Loss(double tokens) const;
  // As Loss, and unknown where no law covers the rate: losses that are to be compared.
  Estimate ComparableLoss(double tokens) const;

 private:
  Point Place(double tokens) const;
  Estimate LossAt(const RateChoice& rate, const Point& at) const;

  const Sweep& sweep_;
  const Findings& findings_;
  bool supported_;
};

}  // namespace saelaw
