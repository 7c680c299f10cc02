// A sweep of rates whose cliff falls faster than its optima.
#pragma once

#include <cmath>
#include <vector>

#include "study/findings/rate_laws.h"

namespace saelaw {

// Three sizes with optima.
inline RateLaws FallingCliff() {
  std::vector<Point> survived, failed;
  for (int size = 0; size < 3; ++size) {
    const double tokens = 1e6 * std::pow(4, size);
    for (int step = -4; step <= 4; ++step) {
      Point point;
      point.tokens = tokens;
      point.lr = 1e-3 * std::pow(tokens / 1e6, -0.3) * std::pow(2, step / 2.0);
      point.loss =
          std::exp(0.1 * std::pow(step / 2.0 * std::log(2), 2) + 0.001 * std::sin(9 * step));
      const double edge = 3e-3 * std::pow(tokens / 1e6, -0.45);
      (point.lr < edge ? survived : failed).push_back(point);
    }
  }
  RateLaws laws;
  laws.best = FitLrLaw(survived, failed, {});
  laws.edge = FitLrEdge(survived, failed, {});
  return laws;
}

}  // namespace saelaw
