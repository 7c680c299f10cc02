// How far a place lies beyond a law's points, measured by what the law promises for the way there.
#pragma once

#include <span>
#include <vector>

#include "fit/intervals/law_fit.h"

namespace saelaw {

// The smallest and largest value of each variable of a law among its points, in logarithms.
class Span {
 public:
  Span(const LawInfo& law, std::span<const Point> points);

  // ln of the loss's change that the law promises between its points and `at`, were its slope to
  // stay what it is at their edge: the sum over variables of |d ln loss / d ln x| there times the
  // e-folds beyond. 0 among the points; NaN where the law needs a variable that `at` lacks.
  double Fall(const LawFit& fit, const Point& at) const;

 private:
  struct Range {
    Variable variable;
    double low;
    double high;
  };
  std::vector<Range> ranges_;
};

}  // namespace saelaw
