// The noise between replicates, without any law: how far runs of one setting differ. Points of one
// cluster count as one, as what they share is no noise between them.
#include "fit/noise/noise.h"

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

}  // namespace

Noise ReplicateNoise(const Sample& sample) {
  std::map<std::pair<int, int>, Mean> units;
  for (std::size_t i = 0; i < sample.y.size(); ++i) {
    units[{sample.setting[i], sample.cluster[i]}].Add(sample.y[i], sample.w[i] * sample.w[i]);
  }
  // A cluster's mean weighs as much as one of its points, however many it has.
  const auto weight = [](const Mean& unit) { return unit.weight / unit.count; };
  std::map<int, Mean> settings;
  for (const auto& [key, unit] : units) settings[key.first].Add(unit.value(), weight(unit));
  double square = 0;
  int df = 0;
  // Each setting costs one degree of freedom, that of its own mean.
  for (const auto& [setting, mean] : settings) df += mean.count - 1;
  for (const auto& [key, unit] : units) {
    const double off = unit.value() - settings[key.first].value();
    square += weight(unit) * off * off;
  }
  return {df > 0 ? std::sqrt(square / df) : 0, df};
}

int Settings(const Sample& sample) {
  return static_cast<int>(std::set<int>(sample.setting.begin(), sample.setting.end()).size());
}

}  // namespace saelaw
