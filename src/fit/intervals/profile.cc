// For each side of an interval the quantity is pulled away from the optimum by a stiff spring, and
// everything else is fitted again. The walk outwards follows the last optimum, so that the search
// stays on one branch of the law.
#include <algorithm>
#include <cmath>
#include <limits>

#include "fit/intervals/covariance.h"
#include "fit/intervals/uncertainty.h"
#include "fit/solve/minimise.h"
#include "fit/solve/parallel.h"

namespace saelaw {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Profile : public Uncertainty {
 public:
  Profile(std::shared_ptr<const FittedLaw> fit, double level, int threads)
      : fit_(std::move(fit)),
        leverage_(fit_->on_bound ? *fit_->on_bound : *fit_),
        level_(level),
        threads_(threads) {}

  std::string Name() const override {
    return fit_->noise.clustered() ? "profile/F by stream" : "profile/F";
  }

  Interval Of(const LogQuantity& quantity) const override {
    const double centre = quantity(fit_->u.data(), nullptr);
    const Scale scale = FindScale(quantity);
    if (!(scale.unit > 0)) return {centre, centre};
    double ends[] = {0, 0};
    // The two sides do not depend on each other.
    ParallelFor(2, threads_, [&](int i) { ends[i] = Side(quantity, centre, 2 * i - 1, scale); });
    return {ends[0], ends[1]};
  }

  // Takes law and run together in quadrature, with the df of both.
  Interval OfRun(const LogQuantity& quantity, const Interval& law) const override {
    const double centre = quantity(fit_->u.data(), nullptr);
    const Scale scale = FindScale(quantity);
    const Variance both = Combine(fit_->noise, scale.own + 1, scale.shared + 1);
    const double t = both.Quantile(level_);
    // A run's own noise does not depend on where the law is asked.
    const double run = std::sqrt(Combine(fit_->noise, 1, 1).value);
    return {centre - t * std::hypot((centre - law.lo) / scale.t, run),
            centre + t * std::hypot((law.hi - centre) / scale.t, run)};
  }
  // The same as each profile is at its bottom.
  Vector Covariance(const std::vector<LogQuantity>& quantities) const override {
    if (fit_->on_bound) return {};
    return CovarianceByGradients(fit_->u, quantities, [this](const Vector& gradient) {
      return Combine(fit_->noise, leverage_.Own(gradient), leverage_.Shared(gradient)).value;
    });
  }

 private:
  struct Visit {
    double log_quantity = 0;
    double z = 0;  // sqrt(S - S_min) in units: grows almost linearly with the distance
    Vector u;
  };

  // Says what one sd of a quantity is: in S (`unit`, the noise that it sees), and in itself,
  // linearised (1 where the data does not tell). As many as `t` of them make the interval.
  struct Scale {
    double own = 0;
    double shared = 0;
    double unit = 0;
    double sd = 1;
    double t = 0;
  };

  Scale FindScale(const LogQuantity& quantity) const {
    Vector gradient(fit_->u.size());
    quantity(fit_->u.data(), gradient.data());
    // On the bound the floor is no parameter, so its part of the gradient is dropped.
    if (fit_->on_bound) gradient.erase(gradient.begin());
    Scale scale;
    scale.own = leverage_.Own(gradient);
    scale.shared = leverage_.Shared(gradient);
    const bool told = std::isfinite(scale.own) && scale.own > 0;
    if (!told) scale.own = scale.shared = 0;
    const SharedNoise noise = told ? leverage_.EstimateNoise(gradient, fit_->noise) : fit_->noise;
    const Variance variance = told ? Combine(noise, scale.own, scale.shared) : Combine(noise, 1, 0);
    scale.unit = std::sqrt(variance.value / (told ? leverage_.Bend(gradient) : 1));
    const double sd = told ? std::sqrt(variance.value) : 1;
    scale.sd = sd > 1e-12 ? std::min(sd, 1.0) : 1.0;
    scale.t = variance.Quantile(level_);
    return scale;
  }

  Visit At(const LogQuantity& quantity,
           double target,
           const Scale& scale,
           const Vector& from) const {
    // 30 times stiffer than the data: u stays close to the target, the solver well conditioned.
    const Tether tether{quantity, target, 30 * scale.unit / scale.sd};
    Visit best;
    best.z = kInfinity;
    // A floor of 0 has no slope, so the search is also tried from places where the floor is back.
    std::vector<Vector> starts = fit_->model->Restarts(from);
    starts.insert(starts.begin(), from);
    double best_cost = kInfinity;
    for (const Vector& start : starts) {
      const Minimum found = Minimise(*fit_->model, fit_->sample, fit_->criterion, start, &tether);
      const double value = quantity(found.u.data(), nullptr);
      const double pull = tether.weight * (value - target);
      // Optima are compared with the pull included, since each ends at a value of its own.
      if (!(found.objective + pull * pull < best_cost)) continue;
      best_cost = found.objective + pull * pull;
      const double excess = std::max(0.0, found.objective - fit_->objective);
      best = {value, std::sqrt(excess) / scale.unit, found.u};
    }
    return best;
  }

  // Walks outwards from the optimum until z passes the threshold, and then closes in by regula
  // falsi.
  double Side(const LogQuantity& quantity,
              double centre,
              double direction,
              const Scale& scale) const {
    constexpr double kFurthest = 60;  // in ln: beyond, the data sets no limit
    constexpr double kFastest = 3;
    Visit inner{centre, 0, fit_->u};
    double step = scale.t * scale.sd;
    Visit outer = At(quantity, centre + direction * step, scale, inner.u);
    while (outer.z < scale.t) {
      const double growth = outer.z > 0 ? scale.t / outer.z : kFastest;
      // z grows about linearly, so the next step is the one that should reach the threshold, and a
      // little more.
      step *= std::clamp(growth * 1.05, 1.2, kFastest);
      if (!(step < kFurthest)) return direction * kInfinity;
      inner = outer;
      outer = At(quantity, centre + direction * step, scale, inner.u);
      if (!std::isfinite(outer.z)) return direction * kInfinity;
    }
    return CloseIn(quantity, scale, inner, outer);
  }

  double CloseIn(const LogQuantity& quantity, const Scale& scale, Visit inner, Visit outer) const {
    constexpr double kCloseEnough = 2e-3;  // of the threshold
    for (int i = 0; i < 30; ++i) {
      double share = (scale.t - inner.z) / (outer.z - inner.z);
      const double nearest = std::min(scale.t - inner.z, outer.z - scale.t);
      // Near the threshold a straight line is good enough, and no further fit is needed.
      const bool linear = nearest < kCloseEnough * scale.t;
      // Every third step halves, for ends where z is far from straight.
      if (!linear && i % 3 == 2) share = 0.5;
      const double guess = inner.log_quantity + share * (outer.log_quantity - inner.log_quantity);
      if (linear) return guess;
      Visit middle = At(quantity, guess, scale, inner.u);
      (middle.z < scale.t ? inner : outer) = std::move(middle);
    }
    return (inner.log_quantity + outer.log_quantity) / 2;
  }

  std::shared_ptr<const FittedLaw> fit_;
  Leverage leverage_;
  double level_;
  int threads_;
};

}  // namespace

LogQuantity LogValueAt(std::shared_ptr<const FittedLaw> fit, Vector row) {
  return [fit = std::move(fit), row = std::move(row)](const double* u, double* gradient) {
    return fit->model->LogValue(u, row.data(), gradient);
  };
}

std::unique_ptr<Uncertainty> MakeProfile(std::shared_ptr<const FittedLaw> fit,
                                         double level,
                                         int threads) {
  return std::make_unique<Profile>(std::move(fit), level, threads);
}

}  // namespace saelaw
