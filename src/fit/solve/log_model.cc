// The plain loop for models that have nothing faster. What a row needs is in its own gradient first
// and then in its column of the Jacobian, which is stored by columns for the solver.
#include "fit/solve/log_model.h"

namespace saelaw {

void LogModel::LogValues(
    const double* u, const Sample& sample, double* values, double* jacobian, int stride) const {
  Vector gradient(static_cast<std::size_t>(Size()));
  for (int i = 0; i < sample.size(); ++i) {
    values[i] = LogValue(u, sample.Row(i), jacobian != nullptr ? gradient.data() : nullptr);
    if (jacobian == nullptr) continue;
    for (std::size_t j = 0; j < gradient.size(); ++j) {
      jacobian[j * static_cast<std::size_t>(stride) + static_cast<std::size_t>(i)] = gradient[j];
    }
  }
}

Sample Select(const Sample& sample, std::span<const int> rows) {
  Sample chosen;
  chosen.variables = sample.variables;
  chosen.noise = sample.noise;
  chosen.clusters = sample.clusters;
  // The pooling belongs to the clusters, which a selection of rows keeps.
  chosen.pooling = sample.pooling;
  for (const int row : rows) {
    const auto i = static_cast<std::size_t>(row);
    chosen.x.insert(chosen.x.end(), sample.Row(row), sample.Row(row) + sample.variables);
    chosen.y.push_back(sample.y[i]);
    chosen.w.push_back(sample.w[i]);
    chosen.setting.push_back(sample.setting[i]);
    chosen.cluster.push_back(sample.cluster[i]);
  }
  return chosen;
}

}  // namespace saelaw
