// A weighted straight line in logarithms with one-sided bounds: the lr law's arithmetic.
#pragma once

#include <vector>

namespace saelaw {

struct LinePoint {
  double x = 0;
  double y = 0;
  double sd = 1;
};

// y lies in [lo, hi] at x; a violation counts as a residual of this sd.
struct LineBound {
  double x = 0;
  double lo = 0;
  double hi = 0;
  double sd = 1;
};

// y = level + slope · (x - centre); covariance of (level, slope) for the sds as given.
struct Line {
  double centre = 0, level = 0, slope = 0;
  double level_variance = 0, slope_variance = 0, covariance = 0;
  double chi_square = 0;  // over the points alone
  int bounds_active = 0;

  double At(double x) const { return level + slope * (x - centre); }
  double VarianceAt(double x) const {
    const double dx = x - centre;
    return level_variance + 2 * dx * covariance + dx * dx * slope_variance;
  }
};

// Least squares with weights 1/sd²; bounds that the line violates pull it back as points at their
// nearer end. Requires at least 2 points of different x.
Line FitLine(const std::vector<LinePoint>& points, const std::vector<LineBound>& bounds);

}  // namespace saelaw
