#include "fit/compare/paired_line.h"

#include <cmath>

#include "fit/solve/distributions.h"
#include "fit/solve/line_fit.h"

namespace saelaw {

PairedDifference FollowPairs(const std::vector<Pair>& pairs, double x, double level) {
  std::vector<LinePoint> points;
  for (const Pair& pair : pairs) points.push_back({{pair.x}, pair.difference, 1});
  const Line line = FitLine(points, {});
  const double df = static_cast<double>(pairs.size()) - 2;
  const double sd = std::sqrt(line.chi_square / df * line.VarianceAt({x}));
  const double value = line.At({x});
  return {value, Around(value, StudentTwoSided(level, df) * sd)};
}

}  // namespace saelaw
