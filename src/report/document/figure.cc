// An axis spans the values that are drawn on it. A value that is not finite or not positive has no
// place on the axis and must not decide where it ends.
#include "report/document/figure.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace saelaw::document {

Axis LogarithmicAxis(std::string title, std::span<const double> values, double margin) {
  Axis axis{std::move(title)};
  for (const double value : values) {
    if (!(value > 0) || !std::isfinite(value)) continue;
    axis.lo = axis.lo > 0 ? std::min(axis.lo, value) : value;
    axis.hi = std::max(axis.hi, value);
  }
  if (axis.hi <= 0) return axis;
  // Values that are all alike still get an axis around them.
  constexpr double kLeastMargin = 1.02;
  const double pad = std::max(std::pow(axis.hi / axis.lo, margin), kLeastMargin);
  axis.lo /= pad;
  axis.hi *= pad;
  return axis;
}

Axis SymmetricAxis(std::string title, std::span<const double> values) {
  double largest = 0;
  for (const double value : values) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  Axis axis{std::move(title), Scale::kLinear};
  if (values.empty()) return axis;
  constexpr double kMargin = 1.1;
  constexpr double kLeast = 1e-9;  // where all of them are 0
  axis.hi = std::max(largest * kMargin, kLeast);
  axis.lo = -axis.hi;
  return axis;
}

}  // namespace saelaw::document
