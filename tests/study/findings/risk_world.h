// Advised rates followed in the world of fit/rates/cliff_world.h: for a test and for analysis/risk.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "fit/rates/cliff_world.h"
#include "study/findings/rate_choice.h"

namespace saelaw::risk_world {

using namespace cliff_world;  // NOLINT: the world that rates are followed in

// As a share of the loss at the best rate.
inline double Excess(const Cell& cell, double tokens, double lr) {
  return std::expm1(LogExcess(cell, tokens, lr));
}

inline RateLaws SweepIn(const Cell& cell, std::uint64_t seed) {
  RecordedNoise noise(seed);
  const SweptRates runs = SweepSizes(cell, noise);
  RateLaws laws;
  laws.best = FitLrLaw(runs.survived, runs.failed, {});
  laws.edge = FitLrEdge(runs.survived, runs.failed, {});
  laws.loss_exponent = ExponentOfBest(laws.best);
  return laws;
}

// What is to be expected of following a rate at the target, as a share of the loss at the best
// rate: each start fails by a lottery of its own, is seen after `seen_at` of the run, and is
// started again at 1/√2 of the rate.
inline double Expected(const Cell& cell, double lr, double seen_at) {
  const double term = std::pow(kTarget / 1e6, -0.3);
  const double exponent = 0.3 * term / BestLoss(kTarget);
  const double failure = std::expm1(exponent * std::log1p(seen_at));
  double expected = 0, reached = 1;
  for (int restart = 0; restart < 60 && reached > 1e-12; ++restart, lr /= std::numbers::sqrt2) {
    const double fails = FailureAt(cell, kTarget, lr);
    expected += reached * ((1 - fails) * Excess(cell, kTarget, lr) + fails * failure);
    reached *= fails;
  }
  return expected;
}

// The least of it, for whoever knows the edge and the best rate.
inline double LeastExpected(const Cell& cell, double seen_at) {
  double least = INFINITY;
  for (double lr = BestRate(kTarget); lr > 1e-9; lr *= 0.98) {
    least = std::min(least, Expected(cell, lr, seen_at));
  }
  return least;
}

}  // namespace saelaw::risk_world
