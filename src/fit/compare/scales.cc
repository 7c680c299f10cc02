// Scales are ordered by the product of tokens and params, to which the cost of a run is
// proportional: what one measures first and what one wants to know last.
#include "fit/compare/scales.h"

#include <algorithm>
#include <cmath>

#include "fit/points/repeats.h"

namespace saelaw {
namespace {

constexpr std::size_t kMostScales = 8;
constexpr std::size_t kStretches = 6;

bool HasTokens(const Point& point) { return point.tokens > 0; }
bool HasParams(const Point& point) { return point.params > 0; }

// Splits sorted points wherever the scale changes.
Scales SplitAtChanges(const std::vector<Point>& sorted, double (*scale)(const Point&)) {
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

}  // namespace

Scales ByScale(std::span<const Point> points) {
  std::vector<Point> sorted(points.begin(), points.end());
  const bool sized = std::all_of(sorted.begin(), sorted.end(), HasParams);
  double (*scale)(const Point&) = [](const Point& point) { return point.tokens; };
  // A table of compute alone has no other scale, nor has one of sizes alone.
  if (!std::all_of(sorted.begin(), sorted.end(), HasTokens)) {
    const bool computed = std::any_of(
        sorted.begin(), sorted.end(), [](const Point& point) { return point.compute > 0; });
    if (computed || !sized) scale = [](const Point& point) { return point.compute; };
    if (!computed && sized) scale = [](const Point& point) { return point.params; };
  } else if (sized) {
    scale = [](const Point& point) { return point.tokens * point.params; };
  }
  std::stable_sort(sorted.begin(), sorted.end(), [scale](const Point& a, const Point& b) {
    return scale(a) < scale(b);
  });
  Scales scales = SplitAtChanges(sorted, scale);
  return scales.size() <= kMostScales ? scales : Joined(scales, sorted.size());
}

std::vector<Point> FirstScales(const Scales& scales, std::size_t count) {
  std::vector<Point> first;
  for (std::size_t i = 0; i < count; ++i) {
    first.insert(first.end(), scales[i].begin(), scales[i].end());
  }
  return first;
}

}  // namespace saelaw
