// Scales are medians, which no outlier moves, and local ones, since noise often grows towards small
// runs.
#include "fit/critic/residuals.h"

#include <algorithm>
#include <cmath>

namespace saelaw {

double MedianSize(std::vector<double> values, std::size_t exact) {
  for (double& value : values) value = std::abs(value);
  std::sort(values.begin(), values.end());
  // A robust law goes through as many points as it has parameters.
  const std::size_t first = std::min(values.size() - 1, exact);
  return values[(first + values.size()) / 2];
}

namespace {

// The nearest points by the law's value stand for a point's surroundings: noise mostly changes
// along it, whatever the law's variables are.
void FindLocalSds(Residuals& residuals) {
  const std::size_t n = residuals.size();
  constexpr std::size_t kFewest = 8;
  const std::size_t near = std::max(kFewest, n / 6);
  const double global = kNormalMedian * MedianSize(residuals.values, residuals.parameters);
  std::vector<std::size_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return residuals.fitted[a] < residuals.fitted[b];
  });
  residuals.local.assign(n, global);
  if (n < 2 * near) return;
  for (std::size_t place = 0; place < n; ++place) {
    const std::size_t first = std::min(place - std::min(place, near / 2), n - near);
    std::vector<double> window;
    for (std::size_t k = first; k < first + near; ++k) window.push_back(residuals.values[order[k]]);
    // A quiet surrounding makes nobody an outlier.
    double& local = residuals.local[order[place]];
    local = std::max(global, kNormalMedian * MedianSize(window, 0));
  }
}

}  // namespace

Residuals FindResiduals(const LawFit& law, std::span<const Point> points) {
  Residuals residuals;
  residuals.parameters = law.params.size();
  for (std::size_t i = 0; i < points.size(); ++i) {
    residuals.values.push_back(law.residuals[i].value);
    residuals.fitted.push_back(std::log(points[i].loss) - law.residuals[i].value);
  }
  FindLocalSds(residuals);
  return residuals;
}

}  // namespace saelaw
