// The residuals of a law as its checks see them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "fit/intervals/law_fit.h"

namespace saelaw {

// ln loss less ln of the law's value, in the order of the points.
struct Residuals {
  std::vector<double> values;  // [points]
  std::vector<double> fitted;  // [points] ln of the law's value
  std::vector<double> local;   // [points] a robust sd of the residuals near the point
  std::size_t parameters = 0;

  std::size_t size() const { return values.size(); }
};

// Local sds are those of the nearest sixth of the points (eight or more) along the law's value, and
// never below that of all points. Requires a law of these very points that is ok().
Residuals FindResiduals(const LawFit& law, std::span<const Point> points);

// The median of the values' sizes, without as many of the smallest as a robust law goes through.
double MedianSize(std::vector<double> values, std::size_t exact);

inline constexpr double kNormalMedian = 1.4826;  // sds in a median absolute deviation

}  // namespace saelaw
