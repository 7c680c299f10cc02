#include "fit/line_fit.h"

#include <cmath>

namespace saelaw {
namespace {

Line FitPoints(const std::vector<LinePoint>& points) {
  double weight = 0;
  double x_sum = 0;
  double y_sum = 0;
  for (const LinePoint& point : points) {
    const double w = 1 / (point.sd * point.sd);
    weight += w;
    x_sum += w * point.x;
    y_sum += w * point.y;
  }
  Line line;
  line.centre = x_sum / weight;
  line.level = y_sum / weight;
  double xx = 0;
  double xy = 0;
  for (const LinePoint& point : points) {
    const double w = 1 / (point.sd * point.sd);
    xx += w * (point.x - line.centre) * (point.x - line.centre);
    xy += w * (point.x - line.centre) * (point.y - line.level);
  }
  line.slope = xy / xx;
  line.level_variance = 1 / weight;
  line.slope_variance = 1 / xx;
  return line;
}

std::vector<LinePoint> Violated(const Line& line, const std::vector<LineBound>& bounds) {
  std::vector<LinePoint> violated;
  for (const LineBound& bound : bounds) {
    const double y = line.At(bound.x);
    if (y < bound.lo) violated.push_back({bound.x, bound.lo, bound.sd});
    if (y > bound.hi) violated.push_back({bound.x, bound.hi, bound.sd});
  }
  return violated;
}

double ChiSquare(const Line& line, const std::vector<LinePoint>& points) {
  double sum = 0;
  for (const LinePoint& point : points) {
    const double off = (point.y - line.At(point.x)) / point.sd;
    sum += off * off;
  }
  return sum;
}

}  // namespace

Line FitLine(const std::vector<LinePoint>& points, const std::vector<LineBound>& bounds) {
  Line line = FitPoints(points);
  // The penalty is convex and piecewise quadratic: a few rounds settle which bounds are active.
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<LinePoint> violated = Violated(line, bounds);
    std::vector<LinePoint> all = points;
    all.insert(all.end(), violated.begin(), violated.end());
    const Line next = FitPoints(all);
    const bool settled = std::abs(next.slope - line.slope) < 1e-12 &&
                         std::abs(next.At(line.centre) - line.level) < 1e-12;
    line = next;
    line.bounds_active = static_cast<int>(violated.size());
    if (settled) break;
  }
  line.chi_square = ChiSquare(line, points);
  return line;
}

}  // namespace saelaw
