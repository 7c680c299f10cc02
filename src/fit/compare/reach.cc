// Laws with steep slopes have more to be wrong about, and a loss against compute has half the slope
// of one against data over the same way; the promised change is the unit in which both err alike.
#include "fit/compare/reach.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace saelaw {
namespace {

// Wide enough for rounding, narrow enough for any law's curvature.
constexpr double kStep = 1e-4;

double SlopeAlong(const LawFit& fit, const Point& at, Variable variable) {
  Point above = at;
  Point below = at;
  Set(above, variable, Get(at, variable) * std::exp(kStep));
  Set(below, variable, Get(at, variable) * std::exp(-kStep));
  return (fit.log_value(above) - fit.log_value(below)) / (2 * kStep);
}

}  // namespace

Span::Span(const LawInfo& law, std::span<const Point> points) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const Variable variable : law.variables) {
    Range range{variable, kInfinity, -kInfinity};
    for (const Point& point : points) {
      const double value = std::log(Get(point, variable));
      // A row that lacks the variable is no point of the law.
      if (!std::isfinite(value) || !(point.loss > 0)) continue;
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    }
    ranges_.push_back(range);
  }
}

double Span::Fall(const LawFit& fit, const Point& at) const {
  Point edge = at;
  for (const Range& range : ranges_) {
    const double value = std::log(Get(at, range.variable));
    Set(edge, range.variable, std::exp(std::clamp(value, range.low, range.high)));
  }
  double fall = 0;
  for (const Range& range : ranges_) {
    const double beyond = std::log(Get(at, range.variable) / Get(edge, range.variable));
    // Rounding through exp and log is no distance.
    if (std::abs(beyond) < 1e-9) continue;
    fall += std::abs(SlopeAlong(fit, edge, range.variable) * beyond);
  }
  return fall;
}

}  // namespace saelaw
