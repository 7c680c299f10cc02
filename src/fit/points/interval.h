// From where to where a number may lie.
#pragma once

#include <limits>

namespace saelaw {

struct Interval {
  double lo = std::numeric_limits<double>::quiet_NaN();
  double hi = std::numeric_limits<double>::quiet_NaN();
  bool known() const { return lo == lo && hi == hi; }
};

inline Interval Around(double centre, double half) { return {centre - half, centre + half}; }

}  // namespace saelaw
