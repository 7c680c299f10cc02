// In which unit a table counts compute: FLOP are 6·params·tokens (Kaplan et al. 2020), and where
// the rows have all three, they say themselves what their compute is of that.
#pragma once

#include <span>
#include <vector>

#include "fit/points/fit_warning.h"
#include "fit/points/point.h"

namespace saelaw {

struct ComputeUnit {
  // compute = per_weight·params·tokens; 6 where no row has all three, or where it is 6 to within 5
  // %.
  double per_weight = 6;
  // Whether that holds of the rows; where not, compute says nothing of tokens.
  bool of_rows = true;
  FitWarnings warnings;  // none when compute is FLOP
};

// Rows that do not have all three, or not above 0, say nothing.
ComputeUnit FindComputeUnit(std::span<const Point> points);

// The points with the compute that params and tokens give, where they lack their own.
std::vector<Point> WithCompute(std::span<const Point> points);

}  // namespace saelaw
