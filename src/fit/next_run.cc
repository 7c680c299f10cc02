#include "fit/next_run.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace saelaw {
namespace {

double Cost(const Point& point) {
  return std::isnan(point.params) ? point.tokens : point.params * point.tokens;
}

std::vector<Point> Settings(std::span<const Point> points) {
  std::set<std::pair<double, double>> seen;
  std::vector<Point> settings;
  for (const Point& point : points) {
    const double params = std::isnan(point.params) ? 0 : point.params;
    if (seen.emplace(point.tokens, params).second) settings.push_back(point);
  }
  return settings;
}

}  // namespace

std::vector<NextRun> ChooseNextRuns(const LawFit& fit,
                                    std::span<const Point> points,
                                    const Point& target,
                                    int count) {
  std::vector<NextRun> candidates;
  if (!fit.narrowing || points.empty()) return candidates;
  const std::vector<Point> settings = Settings(points);
  const Point& dearest =
      *std::max_element(settings.begin(), settings.end(), [](const Point& a, const Point& b) {
        return Cost(a) < Cost(b);
      });
  const auto add = [&](Point at, bool repeats) {
    const double narrows = 1 - fit.narrowing(target, at);
    if (narrows > 0) candidates.push_back({at, narrows, Cost(at) / Cost(dearest), repeats});
  };
  for (const Point& setting : settings) add(setting, true);
  for (const double factor : {2.0, 4.0}) {
    Point further = dearest;
    further.tokens *= factor;
    if (further.tokens <= target.tokens) add(further, false);
  }
  std::stable_sort(candidates.begin(), candidates.end(), [](const NextRun& a, const NextRun& b) {
    return a.narrows > b.narrows;
  });
  if (static_cast<int>(candidates.size()) > count) {
    candidates.resize(static_cast<std::size_t>(count));
  }
  return candidates;
}

}  // namespace saelaw
