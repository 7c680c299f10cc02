// A number that a law says, with its interval.
#pragma once

#include <limits>

#include "fit/fit.h"

namespace saelaw {

struct Estimate {
  double value = std::numeric_limits<double>::quiet_NaN();
  Interval interval;  // unknown where no law covers it
  bool known() const { return value == value; }
};

}  // namespace saelaw
