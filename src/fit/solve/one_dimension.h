// Searches in one variable, for functions that cost little: by halving and by golden section.
#pragma once

#include <utility>

namespace saelaw {

// Where a function that rises from `low` to `high` reaches `share`: 60 halvings, so that a range of
// a thousand is known to the last digit that anyone prints.
template <typename Function>
double WhereItReaches(double share, double low, double high, const Function& function) {
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (function(middle) < share ? low : high) = middle;
  }
  return (low + high) / 2;
}

// A bracket of the least value on [least, least + steps·step]: the best of steps + 1 places, then a
// golden section between its neighbours, so that a small change of the function moves it little.
// There may be several minima; the section goes to one of those beside the best place.
template <typename Function>
std::pair<double, double> BracketMinimum(double least,
                                         double step,
                                         int steps,
                                         const Function& function) {
  double best = least;
  double value = function(least);
  for (int i = 1; i <= steps; ++i) {
    const double here = function(least + i * step);
    if (!(here < value)) continue;
    best = least + i * step;
    value = here;
  }
  double low = best - step;
  double high = best + step;
  constexpr double kGolden = 0.6180339887498949;
  for (int i = 0; i < 40; ++i) {
    const double a = high - kGolden * (high - low);
    const double b = low + kGolden * (high - low);
    if (function(a) < function(b)) {
      high = b;
    } else {
      low = a;
    }
  }
  return {low, high};
}

}  // namespace saelaw
