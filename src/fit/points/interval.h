// From where to where a number may lie.
#pragma once

#include <limits>

namespace saelaw {

struct Interval {
  double lo = std::numeric_limits<double>::quiet_NaN();
  double hi = std::numeric_limits<double>::quiet_NaN();
  bool known() const { return lo == lo && hi == hi; }
};

}  // namespace saelaw
