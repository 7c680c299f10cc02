#include <algorithm>
#include <cmath>
#include <limits>

#include "fit/distributions.h"
#include "fit/minimise.h"
#include "fit/uncertainty.h"

namespace saelaw {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Profile : public Uncertainty {
 public:
  Profile(std::shared_ptr<const FittedLaw> fit, double level)
      : fit_(std::move(fit)),
        curvature_(InverseCurvature(*fit_->model, fit_->sample, fit_->u)),
        threshold_(StudentTwoSided(level, fit_->noise_df)) {}

  std::string Name() const override { return "profile/F"; }

  Interval Of(const LogQuantity& quantity) const override {
    const double centre = quantity(fit_->u.data(), nullptr);
    if (!(fit_->noise_sd > 0)) return {centre, centre};
    return {Side(quantity, centre, -1), Side(quantity, centre, 1)};
  }

 private:
  struct Visit {
    double log_quantity = 0;
    double z = 0;  // sqrt((S - S_min)/s²): grows almost linearly with the distance
    Vector u;
  };

  // Gradient-based sd of the quantity; 1 where the data does not tell.
  double LinearSd(const LogQuantity& quantity) const {
    Vector gradient(fit_->u.size());
    quantity(fit_->u.data(), gradient.data());
    const double sd = fit_->noise_sd * std::sqrt(QuadraticForm(curvature_.inverse, gradient));
    return std::isfinite(sd) && sd > 1e-12 ? std::min(sd, 1.0) : 1.0;
  }

  Visit At(const LogQuantity& quantity, double target, double sd, const Vector& from) const {
    // 30 times stiffer than the data: u stays close to the target, the solver well conditioned.
    const Tether tether{quantity, target, 30 * fit_->noise_sd / sd};
    Visit best;
    best.z = kInfinity;
    std::vector<Vector> starts = fit_->model->Restarts(from);
    starts.insert(starts.begin(), from);
    double best_cost = kInfinity;
    for (const Vector& start : starts) {
      const Minimum found = Minimise(*fit_->model, fit_->sample, fit_->criterion, start, &tether);
      const double value = quantity(found.u.data(), nullptr);
      const double pull = tether.weight * (value - target);
      if (!(found.objective + pull * pull < best_cost)) continue;
      best_cost = found.objective + pull * pull;
      const double excess = std::max(0.0, found.objective - fit_->objective);
      best = {value, std::sqrt(excess) / fit_->noise_sd, found.u};
    }
    return best;
  }

  // Walks outwards from the optimum until z passes the threshold, then closes in by regula falsi.
  double Side(const LogQuantity& quantity, double centre, double direction) const {
    constexpr double kFurthest = 60;  // in ln: beyond, the data sets no limit
    constexpr double kFastest = 3;
    const double sd = LinearSd(quantity);
    Visit inner{centre, 0, fit_->u};
    double step = threshold_ * sd;
    Visit outer = At(quantity, centre + direction * step, sd, inner.u);
    while (outer.z < threshold_) {
      const double growth = outer.z > 0 ? threshold_ / outer.z : kFastest;
      step *= std::clamp(growth * 1.05, 1.2, kFastest);
      if (!(step < kFurthest)) return direction * kInfinity;
      inner = outer;
      outer = At(quantity, centre + direction * step, sd, inner.u);
      if (!std::isfinite(outer.z)) return direction * kInfinity;
    }
    return CloseIn(quantity, sd, inner, outer);
  }

  double CloseIn(const LogQuantity& quantity, double sd, Visit inner, Visit outer) const {
    constexpr double kCloseEnough = 2e-3;  // of the threshold
    for (int i = 0; i < 30; ++i) {
      double share = (threshold_ - inner.z) / (outer.z - inner.z);
      const double nearest = std::min(threshold_ - inner.z, outer.z - threshold_);
      const bool linear = nearest < kCloseEnough * threshold_;
      // Every third step halves, for ends where z is far from straight.
      if (!linear && i % 3 == 2) share = 0.5;
      const double guess = inner.log_quantity + share * (outer.log_quantity - inner.log_quantity);
      if (linear) return guess;
      Visit middle = At(quantity, guess, sd, inner.u);
      (middle.z < threshold_ ? inner : outer) = std::move(middle);
    }
    return (inner.log_quantity + outer.log_quantity) / 2;
  }

  std::shared_ptr<const FittedLaw> fit_;
  Curvature curvature_;
  double threshold_;
};

}  // namespace

LogQuantity LogValueAt(std::shared_ptr<const FittedLaw> fit, Vector row) {
  return [fit = std::move(fit), row = std::move(row)](const double* u, double* gradient) {
    return fit->model->LogValue(u, row.data(), gradient);
  };
}

std::unique_ptr<Uncertainty> MakeProfile(std::shared_ptr<const FittedLaw> fit, double level) {
  return std::make_unique<Profile>(std::move(fit), level);
}

}  // namespace saelaw
