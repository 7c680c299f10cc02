// Which learning rate the laws advise at a number of tokens, and on what ground.
#pragma once

#include <limits>
#include <string_view>

#include "study/findings/rate_laws.h"

namespace saelaw {

// On what ground a rate is advised.
enum class LrBasis { kOptimum, kStabilityEdge, kNone };
std::string_view Name(LrBasis basis);  // optimum, stability-edge, none. Stored: do not change

// Which law of loss speaks of a rate: the one that predicts the target, or the one at the loss
// law's own rate.
enum class LossLawOf { kTarget, kItsRate };

struct RateChoice {
  double lr = 0;  // a measured rate, else rounded to three significant digits
  Interval interval;
  LrBasis basis = LrBasis::kNone;
  double bound = 0;  // the stability edge's lower bound there (99 %, one-sided); 0: no edge
  // ln of the edge's estimate over lr, and the share of the loss that a rate at the farther end of
  // the interval costs; NaN where unknown.
  double margin = std::numeric_limits<double>::quiet_NaN();
  double regret = std::numeric_limits<double>::quiet_NaN();
  // That a run at lr survives; NaN without an edge.
  double survival = std::numeric_limits<double>::quiet_NaN();
  // The share of the loss that lr costs against the best rate where the edge holds it below that,
  // and the same at the ends of the best rate's interval; NaN where no law says where that
  // lies, or nothing was trained so far below it.
  double cost = std::numeric_limits<double>::quiet_NaN();
  Interval cost_interval;
  LossLawOf law = LossLawOf::kTarget;
};

// The lr law's optimum where there is a law, held below the lower bound of the stability edge;
// else the best rate that stands below that bound and was measured at three sizes or more, so that
// a law of loss at this very rate can predict; else the rate of the loss law.
RateChoice ChooseRate(const Sweep& sweep, const RateLaws& rates, const Point& at);

}  // namespace saelaw
