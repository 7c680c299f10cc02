// Decides which points a law can use, and whether those are enough for it, before anything is
// fitted. Everything that is left out is listed with its reason, and a refusal names numbers.
#include "fit/laws/usable_points.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "fit/laws/falling_loss.h"
#include "fit/points/clusters.h"
#include "fit/points/repeats.h"

namespace saelaw {
namespace {

bool Positive(double value) { return std::isfinite(value) && value > 0; }

// Says what is wrong with a point; the text is empty when the point can be used.
std::string Fault(const LawInfo& law, const Point& point) {
  if (std::isnan(point.loss)) return "loss is nan";
  if (std::isinf(point.loss)) return "loss is infinite";
  if (point.loss <= 0) return fmt::format("loss must be > 0, got {}", point.loss);
  for (const Variable variable : law.variables) {
    const double value = Get(point, variable);
    if (!Positive(value)) {
      return fmt::format("{} must be > 0 and finite, got {}", Name(variable), value);
    }
  }
  return "";
}

using SettingKey = std::vector<std::int64_t>;

// Settings are compared by rounded logarithms, as everywhere in the fits.
SettingKey MakeSettingKey(const LawInfo& law, const Point& point) {
  SettingKey key;
  for (const Variable variable : law.variables) key.push_back(RoundedLog(Get(point, variable)));
  return key;
}

int DistinctSettings(const LawInfo& law, std::span<const Point> points) {
  std::set<SettingKey> settings;
  for (const Point& point : points) settings.insert(MakeSettingKey(law, point));
  return static_cast<int>(settings.size());
}

// Sds are used only if all points have one; the unit is their geometric mean, so that weights lie
// around 1.
void FindUnit(UsablePoints& usable) {
  std::size_t known = 0;
  double log_sum = 0;
  for (const Point& point : usable.points) {
    if (!Positive(point.sd)) continue;
    ++known;
    log_sum += std::log(point.sd);
  }
  if (known == 0) return;
  if (known == usable.points.size()) {
    usable.sd_unit = std::exp(log_sum / static_cast<double>(known));
    return;
  }
  usable.warnings.push_back(warning::SomeSds{known, usable.points.size()});
}

// Fewer distinct values than this leave the variable's exponent to chance.
std::optional<FitRefusal> TooFewValues(const LawInfo& law, std::span<const Point> points) {
  for (const Variable variable : law.variables) {
    const int distinct = DistinctValues(points, variable);
    if (distinct >= law.fewest_values) continue;
    return refusal::FewValues{std::string(law.name), variable, law.fewest_values, distinct};
  }
  return {};
}

}  // namespace

UsablePoints Usable(const LawInfo& law, std::span<const Point> points) {
  UsablePoints usable;
  // Exact repeats go first, so that none of them is counted twice as a fault.
  for (const Point& point : WithoutRepeats(points, usable.dropped)) {
    std::string fault = Fault(law, point);
    if (fault.empty()) {
      usable.points.push_back(point);
    } else {
      usable.dropped.push_back({point.row, std::move(fault)});
    }
  }
  for (const Variable variable : law.variables) {
    const bool known = std::any_of(points.begin(), points.end(), [&](const Point& point) {
      return !std::isnan(Get(point, variable));
    });
    if (!known && !points.empty()) usable.missing = variable;
  }
  FindUnit(usable);
  return usable;
}

std::optional<FitRefusal> WhyRefused(const LawInfo& law,
                                     const UsablePoints& usable,
                                     std::optional<double> fixed_floor) {
  const std::vector<Point>& points = usable.points;
  // One point has no law, whatever else is known.
  if (points.size() < 2 && usable.missing) {
    return refusal::NoColumn{std::string(law.name), *usable.missing};
  }
  if (points.size() < 2) {
    return refusal::FewPoints{
        points.size(), usable.dropped.size() + static_cast<std::size_t>(usable.dropped_before)};
  }
  if (auto few = TooFewValues(law, points)) return few;
  const auto [low, high] = std::minmax_element(
      points.begin(), points.end(), [](const Point& a, const Point& b) { return a.loss < b.loss; });
  // Equal losses have no law but a constant, for which nobody asks.
  if (low->loss == high->loss) return refusal::EqualLosses{low->loss};
  if (fixed_floor && !(*fixed_floor >= 0 && *fixed_floor < low->loss)) {
    return refusal::FloorOutside{low->loss, *fixed_floor};
  }
  // A fixed floor is no longer a parameter.
  const int parameters = static_cast<int>(law.parameters.size()) - (law.has_floor && fixed_floor);
  const int settings = DistinctSettings(law, points);
  if (settings >= parameters) return WhyNotFalling(law, points);
  return refusal::FewSettings{std::string(law.name), parameters, settings};
}

// The geometric mean of each variable is where the law's terms are least correlated.
Vector LogCentres(const LawInfo& law, std::span<const Point> points) {
  Vector centres;
  for (const Variable variable : law.variables) {
    double sum = 0;
    for (const Point& point : points) sum += std::log(Get(point, variable));
    centres.push_back(sum / static_cast<double>(points.size()));
  }
  return centres;
}

Sample MakeSample(const LawInfo& law, const UsablePoints& usable, const Vector& log_centres) {
  Sample sample;
  sample.variables = static_cast<int>(law.variables.size());
  std::map<SettingKey, int> settings;
  // Clusters are looked for among usable points alone, as the others take no part.
  Clusters clusters = FindClusters(usable.points);
  sample.cluster = std::move(clusters.of);
  sample.clusters = clusters.count;
  for (const Point& point : usable.points) {
    for (std::size_t k = 0; k < law.variables.size(); ++k) {
      sample.x.push_back(std::log(Get(point, law.variables[k])) - log_centres[k]);
    }
    sample.y.push_back(std::log(point.loss));
    sample.w.push_back(usable.sd_unit > 0 ? usable.sd_unit / point.sd : 1);
    // Settings are numbered as they first appear, so equal rows always give equal numbers.
    const auto next = static_cast<int>(settings.size());
    sample.setting.push_back(settings.emplace(MakeSettingKey(law, point), next).first->second);
  }
  return sample;
}

}  // namespace saelaw
