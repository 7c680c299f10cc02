// Losses that are predicted at the target's size and batch, at any number of tokens.
#pragma once

#include <cstddef>
#include <vector>

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

  // At the rate that is advised for that many tokens; unknown where no law says what a run at that
  // rate reaches.
  Estimate Loss(double tokens) const;
  // The same at each of these, ascending, none above the one before. Where a lower advised rate
  // would make more tokens worse, the loss of the budget nearer to `target`, the place of the
  // target's own, stands: who has more tokens can leave some of them.
  std::vector<Estimate> Falling(const std::vector<double>& budgets, std::size_t target) const;

 private:
  const Sweep& sweep_;
  const Findings& findings_;
  bool supported_;
};

}  // namespace saelaw
