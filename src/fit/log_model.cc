#include "fit/log_model.h"

namespace saelaw {

Sample Select(const Sample& sample, std::span<const int> rows) {
  Sample chosen;
  chosen.variables = sample.variables;
  for (const int row : rows) {
    const auto i = static_cast<std::size_t>(row);
    chosen.x.insert(chosen.x.end(), sample.Row(row), sample.Row(row) + sample.variables);
    chosen.y.push_back(sample.y[i]);
    chosen.w.push_back(sample.w[i]);
    chosen.setting.push_back(sample.setting[i]);
    chosen.unit.push_back(sample.unit[i]);
    chosen.stream.push_back(sample.stream[i]);
  }
  return chosen;
}

}  // namespace saelaw
