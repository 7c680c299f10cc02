// Which learning rate the laws alone advise at a number of tokens, on what ground, and what it
// costs to be wrong about it. Studies weigh failures by what they cost
// (study/findings/rate_choice.h); the simulations under analysis/ hold that advice against this
// one.
#pragma once

#include <limits>

#include "fit/rates/lr_edge.h"
#include "fit/rates/lr_law.h"

namespace saelaw {

struct LrAdvice {
  double lr = 0;      // 0: the laws advise nothing
  Interval interval;  // of the optimum, where the advice is one
  bool from_optimum = false;
  // The optimum lies above what is stable with 99 %, or there is no law of it and the best rates
  // stand beside cliffs.
  bool held_by_edge = false;
  double bound = 0;  // the rate that one run survives with 99 % (fit/rates/lr_edge.h); 0: no edge
  // The loss, as a share, that a rate at the farther end of the interval costs against the optimum.
  double regret = std::numeric_limits<double>::quiet_NaN();  // NaN where the advice is no optimum
  // Where the edge holds it below the optimum: the loss, as a share, that this costs against the
  // optimum, and the same at the ends of the optimum's interval. 0 where it is the optimum, NaN
  // where no law says where that lies, or nothing was trained so far below it.
  double cost = std::numeric_limits<double>::quiet_NaN();
  Interval cost_interval;
};

// How safe a rate is from the edge; NaN without one.
struct Stability {
  double margin = std::numeric_limits<double>::quiet_NaN();    // ln of the edge's estimate over lr
  double survival = std::numeric_limits<double>::quiet_NaN();  // that a run at lr survives
};
Stability StabilityAt(const LrEdgeFit& edge, const Point& at, double lr);

// The law's optimum, held below the edge's lower bound; without a law the bound itself, where the
// best rates stand beside cliffs.
LrAdvice AdviseRate(const LrLawFit& law, const LrEdgeFit& edge, const Point& target);

}  // namespace saelaw
