#include "fit/reweigh.h"

#include <algorithm>
#include <cmath>

namespace saelaw {
namespace {

constexpr double kKnownExcess = 0.04;

// 6ND where the size is known, else the data alone.
double Cost(const Point& point) {
  constexpr double kFlopPerWeight = 6;
  return std::isnan(point.params) ? point.tokens : kFlopPerWeight * point.params * point.tokens;
}

double RelativeVariance(const LawModel& model,
                        const Vector& u,
                        const Point& point,
                        double target_cost,
                        const double* x) {
  double variance = 1;
  const double best = model.LogBest(u, x);
  if (std::isfinite(best)) {
    const double excess = std::max(0.0, std::log(point.loss) - best) / kKnownExcess;
    variance += excess * excess;
  }
  if (target_cost > 0) variance *= 1 + std::max(0.0, std::log10(target_cost / Cost(point)));
  return variance;
}

// 1.4826 times the median absolute weighted residual.
double RobustSd(const LawModel& model, const Vector& u, const Sample& sample) {
  Vector sizes(sample.y.size());
  model.LogValues(u.data(), sample, sizes.data(), nullptr, sample.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    sizes[i] = sample.w[i] * std::abs(sizes[i] - sample.y[i]);
  }
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  constexpr double kSmallest = 1e-5;
  return std::max(1.4826 * *middle, kSmallest);
}

}  // namespace

bool Reweigh(const LawModel& model,
             const Vector& u,
             const UsablePoints& usable,
             double target_cost,
             Sample& sample) {
  const bool knows_best = std::isfinite(model.LogBest(u, sample.Row(0)));
  if (!knows_best && target_cost <= 0 && model.Priors().empty()) return false;
  for (std::size_t i = 0; i < usable.points.size(); ++i) {
    const Point& point = usable.points[i];
    const double given = usable.sd_unit > 0 ? usable.sd_unit / point.sd : 1;
    sample.w[i] = given / std::sqrt(RelativeVariance(
                              model, u, point, target_cost, sample.Row(static_cast<int>(i))));
  }
  sample.noise = RobustSd(model, u, sample);
  return true;
}

}  // namespace saelaw
