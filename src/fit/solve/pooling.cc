// Generalised least squares by a transformation of the points (Fuller & Battese): a part of each
// cluster's mean is taken out of its points, after which plain least squares is right for them.
#include "fit/solve/pooling.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace saelaw {

Vector ClusterWeights(const Sample& sample) {
  Vector weights(static_cast<std::size_t>(sample.clusters));
  for (std::size_t i = 0; i < sample.w.size(); ++i) {
    weights[static_cast<std::size_t>(sample.cluster[i])] += sample.w[i] * sample.w[i];
  }
  return weights;
}

bool Balanced(const Sample& sample) {
  const Vector weights = ClusterWeights(sample);
  // The part of its weight that each cluster has at each setting.
  std::vector<std::map<int, double>> parts(weights.size());
  for (std::size_t i = 0; i < sample.w.size(); ++i) {
    const auto s = static_cast<std::size_t>(sample.cluster[i]);
    parts[s][sample.setting[i]] += sample.w[i] * sample.w[i] / weights[s];
  }
  const auto alike = [](const auto& a, const auto& b) {
    constexpr double kRounding = 1e-9;
    return a.first == b.first && std::abs(a.second - b.second) < kRounding;
  };
  // A cluster that is at the same settings as the others with the same weights cannot bend the law.
  return std::all_of(parts.begin(), parts.end(), [&](const auto& own) {
    return std::equal(own.begin(), own.end(), parts[0].begin(), parts[0].end(), alike);
  });
}

Vector ComputePooling(const Sample& sample, double within, double shared) {
  if (!(shared > 0)) return {};
  Vector pooling = ClusterWeights(sample);
  // Something of the clusters' means must be left: the law's level is known from nothing else.
  constexpr double kMost = 0.999;
  // The more a cluster errs as a whole, the more of its mean is taken out.
  for (double& weight : pooling) {
    weight = std::min(kMost, 1 - std::sqrt(within / (within + shared * weight)));
  }
  return pooling;
}

void Pool(const Sample& sample, double* column) {
  if (sample.pooling.empty()) return;
  // This is called once for each column and step of a search, so its lists are kept by thread.
  thread_local Vector sums, weights;
  sums.assign(sample.pooling.size(), 0);
  weights.assign(sample.pooling.size(), 0);
  for (std::size_t i = 0; i < sample.w.size(); ++i) {
    const auto s = static_cast<std::size_t>(sample.cluster[i]);
    sums[s] += sample.w[i] * column[i];
    weights[s] += sample.w[i] * sample.w[i];
  }
  // The second pass may overwrite the column, since the sums are complete by now.
  for (std::size_t i = 0; i < sample.w.size(); ++i) {
    const auto s = static_cast<std::size_t>(sample.cluster[i]);
    column[i] -= sample.pooling[s] * sample.w[i] * sums[s] / weights[s];
  }
}

}  // namespace saelaw
