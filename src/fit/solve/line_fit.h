// A weighted straight line in logarithms (a plane where there are several variables) with one-sided
// bounds: the arithmetic of the laws of the learning rate and of compute.
#pragma once

#include <vector>

#include "fit/solve/log_model.h"

namespace saelaw {

struct LinePoint {
  Vector x;
  double y = 0;
  double sd = 1;
};

// y lies in [lo, hi] at x; a violation counts as a residual of this sd.
struct LineBound {
  Vector x;
  double lo = 0;
  double hi = 0;
  double sd = 1;
};

// y = level + slopes · (x - centre).
struct Line {
  Vector centre;
  double level = 0;
  Vector slopes;
  double level_variance = 0;
  Vector slope_covariance;  // [variables, variables], for the sds as given
  double chi_square = 0;    // over the points alone
  int bounds_active = 0;

  double At(const Vector& x) const;
  double VarianceAt(const Vector& x) const;
  double SlopeVariance(std::size_t variable) const;
};

// Least squares with weights 1/sd²; bounds that the line violates pull it back as points at their
// nearer end. Requires points that determine all slopes (Determines).
Line FitLine(const std::vector<LinePoint>& points, const std::vector<LineBound>& bounds);

// Whether the points differ in every direction of x.
bool Determines(const std::vector<LinePoint>& points);

}  // namespace saelaw
