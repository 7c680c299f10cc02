// Which learning rate the laws advise at a number of tokens, on what ground, and what it costs to
// be wrong about it.
#pragma once

#include "fit/lr_edge.h"
#include "fit/lr_law.h"

namespace saelaw {

struct LrAdvice {
  double lr = 0;      // 0: the laws advise nothing
  Interval interval;  // of the optimum, where the advice is one
  bool from_optimum = false;
  // The optimum lies above what is stable with 99 %, or there is no law of it and the best rates
  // stand beside cliffs.
  bool held_by_edge = false;
  double bound = 0;   // the stability edge's lower bound (99 %, one-sided); 0: no edge
  double margin = 0;  // ln of the edge's estimate over the advised rate; NaN without an edge
  // The loss, as a share, that a rate at the farther end of the interval costs against the optimum.
  double regret = 0;  // NaN where there is no optimum
};

// The law's optimum, held below the edge's lower bound; without a law the bound itself, where the
// best rates stand beside cliffs.
LrAdvice AdviseRate(const LrLawFit& law, const LrEdgeFit& edge, const Point& target);

}  // namespace saelaw
