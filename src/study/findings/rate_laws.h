// What the swept learning rates say: which is best, which is still stable, and what speaks against
// both answers.
#pragma once

#include <cstdint>
#include <set>

#include "fit/fit.h"
#include "study/findings/depth.h"
#include "study/findings/failure_cost.h"
#include "study/findings/study_points.h"
#include "sweep/sweep.h"

namespace saelaw {

struct RateLaws {
  LrLawFit best;  // size by size, then a line through their optima
  LrEdgeFit edge;
  std::int64_t edge_d_sae = 0;  // the size that the edge is of; 0: of all swept ones together
  LrSurfaceFit surface;         // of the same runs as `best`, all at once
  Criticism best_criticism, edge_criticism;  // asked at the target
  bool all_short = false;  // only short runs say which learning rate is best, or stable
  RateTable table;   // of the lr law's runs: what `best`, `edge` and the next rates are read from
  RateTable fitted;  // of the loss law's too
  std::set<double> trained_at;  // every rate that a run of the study has
  FailureCost failure;          // of the lr law's runs
  double loss_exponent = 0;     // ExponentOfBest

  // A measured rate is kept to the last bit, so that a law at this rate is a law of it.
  bool IsMeasured(double lr) const { return trained_at.count(lr) != 0; }
};

// -d ln loss / d ln tokens between the smallest and the largest size whose best rate is known, or
// stands beside a cliff; the loss falls no faster beyond them. 0 where there are no two, or where
// it rises.
double ExponentOfBest(const LrLawFit& best);

// Never throws for data.
RateLaws FindRateLaws(const Sweep& sweep, const StudyPoints& points, StudyDepth depth);

}  // namespace saelaw
