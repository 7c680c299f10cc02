#include "fit/trunk_effect.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "fit/clusters.h"
#include "fit/distributions.h"
#include "fit/minimise.h"

namespace saelaw {
namespace {

// Mean squares of the weighted ln residuals.
struct Variance {
  double within = 0, within_df = 0;
  double between = 0, between_df = 0;
  double points = 0;  // of a trunk: n, with unequal ones their n₀ (Searle 1971)
};

struct Sum {
  double residual = 0;
  double count = 0;
};

Variance VarianceOf(const FittedLaw& fit) {
  std::map<std::int64_t, Sum> trunks;
  const Vector residuals = Residuals(*fit.model, fit.sample, fit.u);
  double total = 0;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    Sum& sum = trunks[fit.sample.trunk[i]];
    sum.residual += residuals[i];
    sum.count += 1;
    total += residuals[i] * residuals[i];
  }
  double between = 0, squares = 0;
  for (const auto& [trunk, sum] : trunks) {
    between += sum.residual * sum.residual / sum.count;
    squares += sum.count * sum.count;
  }
  const double n = fit.sample.size();
  Variance variance;
  variance.between_df = static_cast<double>(trunks.size()) - 1;
  variance.within_df = n - variance.between_df - fit.model->Size();
  variance.between = between / variance.between_df;
  variance.within = (total - between) / variance.within_df;
  variance.points = (n - squares / n) / variance.between_df;
  return variance;
}

class TrunkEffect : public Uncertainty {
 public:
  TrunkEffect(std::shared_ptr<const Uncertainty> independent,
              std::shared_ptr<const FittedLaw> fit,
              const Variance& variance,
              double level)
      : independent_(std::move(independent)),
        fit_(std::move(fit)),
        variance_(variance),
        level_(level),
        inverse_(InverseCurvature(*fit_->model, fit_->sample, fit_->u).inverse) {
    Vector gradient(fit_->u.size());
    for (int i = 0; i < fit_->sample.size(); ++i) {
      const auto k = static_cast<std::size_t>(i);
      fit_->model->LogValue(fit_->u.data(), fit_->sample.Row(i), gradient.data());
      Vector& sum = columns_[fit_->sample.trunk[k]];
      sum.resize(gradient.size(), 0.0);
      for (std::size_t j = 0; j < gradient.size(); ++j) sum[j] += fit_->sample.w[k] * gradient[j];
    }
  }

  std::string Name() const override { return independent_->Name() + " by trunk"; }

  Interval Of(const LogQuantity& quantity) const override {
    const Interval interval = independent_->Of(quantity);
    Vector gradient(fit_->u.size());
    const double centre = quantity(fit_->u.data(), gradient.data());
    const double factor = Factor(gradient);
    return {centre - factor * (centre - interval.lo), centre + factor * (interval.hi - centre)};
  }

 private:
  double Factor(const Vector& gradient) const {
    const std::size_t p = gradient.size();
    Vector direction(p, 0.0);
    for (std::size_t i = 0; i < p; ++i) {
      for (std::size_t j = 0; j < p; ++j) direction[i] += inverse_[i * p + j] * gradient[j];
    }
    const auto times = [&](const Vector& other) {
      double sum = 0;
      for (std::size_t j = 0; j < p; ++j) sum += direction[j] * other[j];
      return sum;
    };
    const double own = times(gradient);
    double common = 0;
    for (const auto& [trunk, column] : columns_) common += times(column) * times(column);
    common = std::min(common / variance_.points, own);
    const double within = variance_.within * (own - common);
    const double between = variance_.between * common;
    const double counted = fit_->noise_sd * fit_->noise_sd * own;
    if (!(counted > 0) || !(within + between > 0)) return 1;
    // Satterthwaite's degrees of freedom of the sum.
    const double df =
        (within + between) * (within + between) /
        (within * within / variance_.within_df + between * between / variance_.between_df);
    const double wider = StudentTwoSided(level_, df) / StudentTwoSided(level_, fit_->noise_df);
    return std::max(1.0, std::sqrt((within + between) / counted) * wider);
  }

  std::shared_ptr<const Uncertainty> independent_;
  std::shared_ptr<const FittedLaw> fit_;
  Variance variance_;
  double level_;
  Vector inverse_;
  std::map<std::int64_t, Vector> columns_;  // J'1 of each trunk
};

}  // namespace

std::shared_ptr<const Uncertainty> WithTrunks(std::shared_ptr<const Uncertainty> independent,
                                              std::shared_ptr<const FittedLaw> fit,
                                              double level) {
  if (independent == nullptr || !SharesTrunks(fit->sample) || Trunks(fit->sample) < 2) {
    return independent;
  }
  const Variance variance = VarianceOf(*fit);
  if (variance.within_df < 1 || !(variance.between > variance.within)) return independent;
  return std::make_shared<TrunkEffect>(std::move(independent), std::move(fit), variance, level);
}

}  // namespace saelaw
