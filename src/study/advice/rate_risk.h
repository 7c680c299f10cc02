// What is risked at the advised learning rate, and what at the rates beside it.
#pragma once

#include <limits>
#include <vector>

#include "study/findings/estimate.h"
#include "study/findings/failure_cost.h"
#include "study/findings/rate_choice.h"

namespace saelaw {

// A rate that could be advised. Losses are NaN where none is predicted.
struct RatedRate {
  double lr = 0;
  double failure_probability = 0;
  double loss = std::numeric_limits<double>::quiet_NaN();           // of a run that survives
  double expected_loss = std::numeric_limits<double>::quiet_NaN();  // with failures, and restarts
  bool advised = false, least_loss = false, safe = false, best = false;  // which of them it is
};

struct RateRisk {
  double taken = 0;  // target.risk; 0: the rate of least expected loss
  // That a run at the advised rate fails; NaN where no run of the sweep told where runs fail.
  double failure_probability = std::numeric_limits<double>::quiet_NaN();
  // The share of the loss that one failure costs, by the formula of rate_decision.h, and what of a
  // run it costs; NaN where no law says which rate is best.
  double cost = std::numeric_limits<double>::quiet_NaN();
  FailureCost failure;
  // From the rate that one run survives with 99 % (`safe`) to the best one, ascending, those of
  // least expected loss and the advised one among them. Empty without a law of the best rate, or
  // where nothing is known to fail.
  std::vector<RatedRate> rates;
};

// `loss`: predicted at the chosen rate.
RateRisk FindRateRisk(const Sweep& sweep,
                      const RateLaws& rates,
                      const RateChoice& choice,
                      const Point& at,
                      const Estimate& loss);

}  // namespace saelaw
