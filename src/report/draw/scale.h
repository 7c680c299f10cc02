// From a quantity to a place on the paper, and the round numbers that an axis names.
#pragma once

#include <string>
#include <vector>

#include "report/document/figure.h"

namespace saelaw {

// Maps [axis.lo, axis.hi] onto [from, to] (to may be the smaller). Requires an axis that is not
// empty, and positive values where it is logarithmic.
class AxisScale {
 public:
  AxisScale(const document::Axis& axis, double from, double to);
  double operator()(double value) const;
  // Whether the axis shows the value; NaN is not shown.
  bool Shows(double value) const { return value >= axis_.lo && value <= axis_.hi; }
  // The value, or the end of the axis that it lies beyond.
  double Clamped(double value) const;

 private:
  document::Axis axis_;
  double from_, to_;
};

// Round numbers on the axis, ascending: at least four, and about as few as that allows.
std::vector<double> Ticks(const document::Axis& axis);

}  // namespace saelaw
