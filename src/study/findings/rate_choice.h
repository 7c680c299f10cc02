// Which learning rate the laws advise at a number of tokens, and on what ground.
#pragma once

#include <limits>
#include <string_view>

#include "study/findings/rate_decision.h"
#include "study/findings/rate_laws.h"

namespace saelaw {

// On what ground a rate is advised. The stability edge: for fear of it the rate stands below the
// best one, or it is all that is known.
enum class LrBasis { kOptimum, kStabilityEdge, kNone };
std::string_view Name(LrBasis basis);  // optimum, stability-edge, none. Stored: do not change

// Which law of loss speaks of a rate: the one that predicts the target, or the one at the loss
// law's own rate.
enum class LossLawOf { kTarget, kItsRate };

struct RateChoice {
  double lr = 0;  // a measured rate, else rounded to three significant digits
  // Of the rate that would be chosen, were the best rate at an end of its own interval; the edge's
  // doubt is in the choice itself. Unknown where no law says which rate is best.
  Interval interval;
  LrBasis basis = LrBasis::kNone;
  double bound = 0;  // the stability edge's lower bound there (99 %, one-sided); 0: no edge
  // ln of the edge's estimate over lr, and the share of the loss that a rate at the farther end of
  // the best rate's interval costs; NaN where unknown, or where lr is not the best rate.
  double margin = std::numeric_limits<double>::quiet_NaN();
  double regret = std::numeric_limits<double>::quiet_NaN();
  // That a run at lr survives; NaN without an edge.
  double survival = std::numeric_limits<double>::quiet_NaN();
  // The share of the loss that lr costs a run that survives, against the best rate where it stands
  // below that, and the same at the ends of the best rate's interval; NaN where no law says where
  // that lies, or nothing was trained so far below it.
  double cost = std::numeric_limits<double>::quiet_NaN();
  Interval cost_interval;
  // The same with the failures of the run and what they cost (rate_decision.h); NaN likewise.
  double expected_cost = std::numeric_limits<double>::quiet_NaN();
  LossLawOf law = LossLawOf::kTarget;
};

// What is asked of a rate at a place. Requires a law of the best rate.
RateQuestion AskOfRates(const RateLaws& rates, const Point& at);

// Where there is a law of the best rate: the rate of the least expected loss, or, where the sweep
// names a risk (target.risk), the best rate or the one that fails with that probability if it is
// lower. Without such a law: the best rate that stands below a bound and was measured at three
// sizes or more, so that a law of loss at this very rate can predict; else that bound itself, where
// the best rates stood beside cliffs; else the rate of the loss law. The bound is what survives
// with the risk that is named; where none is, the rate of least expected loss for best rates that
// are as high as the edge, if they stood beside cliffs, else what survives with 99 %.
RateChoice ChooseRate(const Sweep& sweep, const RateLaws& rates, const Point& at);

}  // namespace saelaw
