// Laws are compared by the product of tokens and params, to which the cost of a run is
// proportional: what one measures first and what one wants to know last. A single law is criticised
// by its own variable, along which it has a slope. Where nearly every point has a value of its own,
// a scale is a stretch of them, or a law would be fitted as often as there are points.
#include "fit/compare/scales.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "fit/points/repeats.h"

namespace saelaw {
namespace {

// Each larger scale is predicted by a refit of every law that is compared; of one law there may be
// more.
constexpr std::size_t kMostCompared = 8;
constexpr std::size_t kMostOfOne = 12;
constexpr std::size_t kStretches = 6;

using ScaleFunction = std::function<double(const Point&)>;

bool HasTokens(const Point& point) { return point.tokens > 0; }
bool HasParams(const Point& point) { return point.params > 0; }

// Splits sorted points wherever the scale changes.
Scales SplitAtChanges(const std::vector<Point>& sorted, const ScaleFunction& scale) {
  Scales scales;
  for (const Point& point : sorted) {
    const bool same =
        !scales.empty() && RoundedLog(scale(scales.back().back())) == RoundedLog(scale(point));
    if (!same) scales.emplace_back();
    scales.back().push_back(point);
  }
  return scales;
}

// Joins neighbours until about equally many points are in each.
Scales Joined(const Scales& fine, std::size_t points) {
  Scales joined(1);
  std::size_t taken = 0;
  for (const std::vector<Point>& scale : fine) {
    const bool full = taken * kStretches >= joined.size() * points;
    if (full && joined.size() < kStretches) joined.emplace_back();
    joined.back().insert(joined.back().end(), scale.begin(), scale.end());
    taken += scale.size();
  }
  return joined;
}

Scales Split(std::span<const Point> points, const ScaleFunction& scale, std::size_t most) {
  std::vector<Point> sorted(points.begin(), points.end());
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Point& a, const Point& b) {
    return scale(a) < scale(b);
  });
  Scales scales = SplitAtChanges(sorted, scale);
  return scales.size() <= most ? scales : Joined(scales, sorted.size());
}

// What orders the points for all laws.
ScaleFunction CommonScale(std::span<const Point> points) {
  const bool sized = std::all_of(points.begin(), points.end(), HasParams);
  if (std::all_of(points.begin(), points.end(), HasTokens)) {
    if (!sized) return [](const Point& point) { return point.tokens; };
    return [](const Point& point) { return point.tokens * point.params; };
  }
  // A table of compute alone has no other scale, nor has one of sizes alone.
  const bool computed = std::any_of(
      points.begin(), points.end(), [](const Point& point) { return point.compute > 0; });
  if (computed || !sized) return [](const Point& point) { return point.compute; };
  return [](const Point& point) { return point.params; };
}

// Means of losses and tokens are taken in logarithms, in which the laws are fitted.
double GeometricMean(const std::vector<Point>& points, const ScaleFunction& value) {
  double sum = 0;
  for (const Point& point : points) sum += std::log(value(point));
  return std::exp(sum / static_cast<double>(points.size()));
}

}  // namespace

Scales ByScale(std::span<const Point> points) {
  return Split(points, CommonScale(points), kMostCompared);
}

Scales ByScale(std::span<const Point> points, Variable variable) {
  return Split(
      points, [variable](const Point& point) { return Get(point, variable); }, kMostOfOne);
}

Variable FindScale(const LawInfo& law) {
  for (const Variable variable : {Variable::kTokens, Variable::kCompute}) {
    if (law.Needs(variable)) return variable;
  }
  return law.variables.front();
}

std::vector<Point> FirstScales(const Scales& scales, std::size_t count) {
  std::vector<Point> first;
  for (std::size_t i = 0; i < count; ++i) {
    first.insert(first.end(), scales[i].begin(), scales[i].end());
  }
  return first;
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
