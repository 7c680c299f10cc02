// Two kinds of weights that depend on the fit itself: those of laws with priors, which trust points
// near their size's best more than points far from it, and those of Student's t, which trust
// outliers less.
#include "fit/laws/reweigh.h"

#include <algorithm>
#include <cmath>

namespace saelaw {
namespace {

// A loss this far (in ln) above the best possible one has twice the variance.
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
                        const double* x,
                        const Vector& lowest,
                        const Vector& highest) {
  double variance = 1;
  // Laws without a best place have none, and then all points are equally near.
  const double best = model.LogBest(u, x, lowest, highest);
  if (std::isfinite(best)) {
    const double excess = std::max(0.0, std::log(point.loss) - best) / kKnownExcess;
    variance += excess * excess;
  }
  if (target_cost > 0) {
    // How far a point lies below the target counts in decades of cost.
    const double far = 1 + std::max(0.0, std::log10(target_cost / Cost(point)));
    variance *= far * far;
  }
  return variance;
}

// Estimates the sd by 1.4826 times the median absolute weighted residual, which outliers do not
// move.
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
  // Only laws with priors are reweighed: the others would give up weight for nothing.
  if (model.Priors().empty()) return false;
  // The box of what was measured bounds where a best place is looked for.
  Vector lowest(sample.Row(0), sample.Row(0) + sample.variables);
  Vector highest = lowest;
  for (int i = 1; i < sample.size(); ++i) {
    for (std::size_t k = 0; k < lowest.size(); ++k) {
      lowest[k] = std::min(lowest[k], sample.Row(i)[k]);
      highest[k] = std::max(highest[k], sample.Row(i)[k]);
    }
  }
  for (std::size_t i = 0; i < usable.points.size(); ++i) {
    const Point& point = usable.points[i];
    // The sds that points brought with them stay, and what is done here multiplies them.
    const double given = usable.sd_unit > 0 ? usable.sd_unit / point.sd : 1;
    const double* row = sample.Row(static_cast<int>(i));
    sample.w[i] =
        given / std::sqrt(RelativeVariance(model, u, point, target_cost, row, lowest, highest));
  }
  sample.noise = RobustSd(model, u, sample);
  return true;
}

double ReweighStudent(
    const LawModel& model, const Vector& u, const Vector& plain, double scale, Sample& sample) {
  constexpr double kDf = 4;
  Vector values(plain.size());
  model.LogValues(u.data(), sample, values.data(), nullptr, sample.size());
  // The first round has no scale yet and takes a robust one.
  if (!(scale > 0)) {
    sample.w = plain;
    scale = RobustSd(model, u, sample);
  }
  double square = 0;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const double r = plain[i] * (values[i] - sample.y[i]);
    // This is the weight of the expectation step for Student's t with 4 degrees of freedom.
    const double weight = (kDf + 1) / (kDf + r * r / (scale * scale));
    square += weight * r * r;
    sample.w[i] = plain[i] * std::sqrt(weight);
  }
  // The scale is kept above 0, so that an exact fit does not divide by it.
  return std::max(std::sqrt(square / static_cast<double>(plain.size())), 1e-9);
}

}  // namespace saelaw
