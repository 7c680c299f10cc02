#include "fit/noise.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace saelaw {
namespace {

// A weighted mean of ln losses; a weight is 1/variance.
struct Mean {
  double sum = 0;
  double weight = 0;
  int count = 0;
  void Add(double y, double added) {
    sum += added * y;
    weight += added;
    ++count;
  }
  double value() const { return sum / weight; }
};

// Distinct trunks less the groups of settings that are connected by them: each group's means take
// one away. Without trunks, points less settings.
int IndependentDf(const Sample& sample) {
  std::map<std::int64_t, int> first;  // of a trunk: the setting where it was met first
  std::map<int, int> group;           // setting → another of its group, or itself
  const auto root = [&](int setting) {
    while (group.at(setting) != setting) setting = group.at(setting);
    return setting;
  };
  for (std::size_t i = 0; i < sample.y.size(); ++i) {
    const int setting = sample.setting[i];
    group.emplace(setting, setting);
    const int other = first.emplace(sample.trunk[i], setting).first->second;
    group[root(setting)] = root(other);
  }
  int groups = 0;
  for (const auto& [setting, next] : group) groups += setting == next ? 1 : 0;
  return static_cast<int>(first.size()) - groups;
}

}  // namespace

Noise ReplicateNoise(const Sample& sample) {
  std::map<std::pair<int, std::int64_t>, Mean> units;
  for (std::size_t i = 0; i < sample.y.size(); ++i) {
    units[{sample.setting[i], sample.unit[i]}].Add(sample.y[i], sample.w[i] * sample.w[i]);
  }
  // A unit's mean weighs as much as one of its points, however many it has.
  const auto weight = [](const Mean& unit) { return unit.weight / unit.count; };
  std::map<int, Mean> settings;
  for (const auto& [key, unit] : units) settings[key.first].Add(unit.value(), weight(unit));
  double square = 0;
  int df = 0;
  for (const auto& [setting, mean] : settings) df += mean.count - 1;
  for (const auto& [key, unit] : units) {
    const double off = unit.value() - settings[key.first].value();
    square += weight(unit) * off * off;
  }
  return {df > 0 ? std::sqrt(square / df) : 0, df, std::min(df, IndependentDf(sample))};
}

int Settings(const Sample& sample) {
  return static_cast<int>(std::set<int>(sample.setting.begin(), sample.setting.end()).size());
}

}  // namespace saelaw
