// A criticism leaves out one scale at a time. Where nearly every point has a value of its own, a
// scale is a stretch of them, or the law would be fitted as often as there are points.
#include "fit/critic/scales.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace saelaw {
namespace {

// Means of losses and tokens are taken in logarithms, in which the laws are fitted.
template <typename Value>
double GeometricMean(const std::vector<Point>& points, Value value) {
  double sum = 0;
  for (const Point& point : points) sum += std::log(value(point));
  return std::exp(sum / static_cast<double>(points.size()));
}

}  // namespace

Variable ScaleOf(const LawInfo& law) {
  for (const Variable variable : {Variable::kTokens, Variable::kCompute}) {
    if (law.Needs(variable)) return variable;
  }
  return law.variables.front();
}

Scales ByScale(std::vector<Point> points, Variable scale) {
  constexpr std::size_t kMostScales = 12;
  constexpr std::size_t kStretches = 6;
  std::stable_sort(points.begin(), points.end(), [&](const Point& a, const Point& b) {
    return Get(a, scale) < Get(b, scale);
  });
  std::map<double, std::vector<Point>> sizes;
  for (const Point& point : points) sizes[Get(point, scale)].push_back(point);
  Scales scales;
  if (sizes.size() <= kMostScales) {
    for (auto& [tokens, at_size] : sizes) scales.push_back(std::move(at_size));
    return scales;
  }
  scales.resize(kStretches);
  for (std::size_t i = 0; i < points.size(); ++i) {
    scales[i * kStretches / points.size()].push_back(points[i]);
  }
  return scales;
}

double MeanLoss(const std::vector<Point>& points) {
  return GeometricMean(points, [](const Point& point) { return point.loss; });
}

double MeanScale(const std::vector<Point>& points, Variable scale) {
  if (Get(points.front(), scale) == Get(points.back(), scale)) return Get(points.front(), scale);
  return GeometricMean(points, [&](const Point& point) { return Get(point, scale); });
}

double MeanTokens(const std::vector<Point>& points) { return MeanScale(points, Variable::kTokens); }

}  // namespace saelaw
