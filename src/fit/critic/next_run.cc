// Tries out candidates with the law's own linearised answer to one more point: every setting that
// was run, again, and the dearest one with two and four times the data. No refit is needed.
#include "fit/critic/next_run.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace saelaw {
namespace {

// Keeps of a point only what the law knows of, so that settings compare as the law sees them.
Point Only(const LawInfo& law, const Point& point) {
  Point only;
  for (const Variable variable : law.variables) {
    // What a run of a given compute would be is not known, so there is no such candidate.
    if (variable != Variable::kCompute) Set(only, variable, Get(point, variable));
  }
  return only;
}

// The factor of 6 is left out, as costs are only compared.
double Cost(const Point& point) {
  if (std::isnan(point.params)) return point.tokens;
  // A law of sizes alone is one of runs of equal data.
  return std::isnan(point.tokens) ? point.params : point.params * point.tokens;
}

std::vector<Point> Settings(const LawInfo& law, std::span<const Point> points) {
  std::set<std::array<double, 5>> seen;
  const auto known = [](double value) { return std::isnan(value) ? 0 : value; };
  std::vector<Point> settings;
  for (const Point& point : points) {
    const Point only = Only(law, point);
    const std::array<double, 5> key = {
        known(only.tokens), known(only.params), known(only.lr), known(only.batch), known(only.l0)};
    if (seen.insert(key).second) settings.push_back(only);
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
  const std::vector<Point> settings = Settings(*fit.info, points);
  const Point& dearest =
      *std::max_element(settings.begin(), settings.end(), [](const Point& a, const Point& b) {
        return Cost(a) < Cost(b);
      });
  const auto add = [&](const Point& at, bool repeats) {
    // A run that narrows nothing is no candidate.
    const double narrows = 1 - fit.narrowing(target, at);
    if (narrows > 0) candidates.push_back({at, narrows, Cost(at) / Cost(dearest), repeats});
  };
  for (const Point& setting : settings) add(setting, true);
  for (const double factor : {2.0, 4.0}) {
    Point further = dearest;
    further.tokens *= factor;
    // A run beyond the target would make the prediction pointless.
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
