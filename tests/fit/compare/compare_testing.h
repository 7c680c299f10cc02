// Sweeps made for the tests of fit/compare: six sizes a factor of 2 apart, three seeds.
#pragma once

#include <cmath>
#include <vector>

#include "core/random.h"
#include "fit/points/point.h"

namespace saelaw::testing {

// `loss(x)` at x times the smallest size, with `noise` of ln loss.
template <typename Loss>
std::vector<Point> Sweep(Loss loss, double noise, std::uint64_t seed = 7, int sizes = 6) {
  Random draws(seed);
  std::vector<Point> points;
  for (int size = 0; size < sizes; ++size) {
    for (int replicate = 0; replicate < 3; ++replicate) {
      Point point;
      point.tokens = 1e6 * std::pow(2, size);
      point.loss = loss(std::pow(2, size)) * std::exp(noise * draws.Normal());
      point.seed = replicate;
      point.row = static_cast<std::int64_t>(points.size()) + 2;
      points.push_back(point);
    }
  }
  return points;
}

inline double Floored(double x) { return 0.5 + std::pow(x, -0.3); }
// Exponents .35 and .2 on either side of x = 4: a bend among the data, without a floor.
inline double Bent(double x) { return std::pow(x, -0.35) * std::pow(1 + std::pow(x / 4, 5), 0.03); }

}  // namespace saelaw::testing
