// Axes name round numbers, and neither too many nor too few. Steps are tried from coarse to fine,
// and the coarsest set that puts at least four of them on the axis is taken.
#include "report/draw/scale.h"

#include <algorithm>
#include <cmath>

namespace saelaw {
namespace {

using document::Axis;
using document::Scale;

constexpr std::size_t kLeastTicks = 4;

// These are the steps within a decade, from the coarsest.
const std::vector<std::vector<double>>& DecadeSteps() {
  static const std::vector<std::vector<double>> steps = {
      {1},
      {1, 3},
      {1, 2, 5},
      {1, 1.5, 2, 3, 5, 7},
      {1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9}};
  return steps;
}

std::vector<double> DecadeTicks(const Axis& axis, const std::vector<double>& steps) {
  std::vector<double> ticks;
  const double last = std::log10(axis.hi);
  for (double decade = std::floor(std::log10(axis.lo)); decade <= last; ++decade) {
    for (const double step : steps) {
      const double value = step * std::pow(10.0, decade);
      if (value >= axis.lo && value <= axis.hi) ticks.push_back(value);
    }
  }
  return ticks;
}

// Takes multiples of 1, 2 or 5 times a power of ten. Each tick is a product and not a sum of steps,
// so that no rounding error builds up along the axis.
std::vector<double> EvenTicks(const Axis& axis) {
  const double unit = std::pow(10.0, std::floor(std::log10(axis.hi - axis.lo)));
  std::vector<double> ticks;
  for (const double part : {1.0, 0.5, 0.2, 0.1}) {
    const double step = unit * part;
    ticks.clear();
    // A zero is added, so that none is called -0.
    for (double count = std::ceil(axis.lo / step); count * step <= axis.hi; ++count)
      ticks.push_back(count * step + 0.0);
    if (ticks.size() >= kLeastTicks) break;
  }
  return ticks;
}

// The base of the logarithm does not matter, because only shares of the axis are formed.
double Transformed(const Axis& axis, double value) {
  return axis.scale == Scale::kLogarithmic ? std::log(value) : value;
}

}  // namespace

AxisScale::AxisScale(const Axis& axis, double from, double to)
    : axis_(axis), from_(from), to_(to) {}

double AxisScale::operator()(double value) const {
  const double lo = Transformed(axis_, axis_.lo);
  const double share = (Transformed(axis_, value) - lo) / (Transformed(axis_, axis_.hi) - lo);
  return from_ + share * (to_ - from_);
}

double AxisScale::Clamped(double value) const { return std::clamp(value, axis_.lo, axis_.hi); }

std::vector<double> Ticks(const Axis& axis) {
  if (axis.scale == Scale::kLogarithmic) {
    for (const std::vector<double>& steps : DecadeSteps()) {
      std::vector<double> ticks = DecadeTicks(axis, steps);
      if (ticks.size() >= kLeastTicks) return ticks;
    }
  }
  // So little of a decade is seen that the axis is all but linear.
  return EvenTicks(axis);
}

}  // namespace saelaw
