// Points without noise: what a formula made. Their law is known to within rounding, so intervals
// have no width, and no method that divides by the noise is asked.
#include <cmath>

#include "fit/intervals/uncertainty.h"

namespace saelaw {
namespace {

class Exact : public Uncertainty {
 public:
  explicit Exact(std::shared_ptr<const FittedLaw> fit) : fit_(std::move(fit)) {}

  std::string Name() const override { return "exact (the points have no noise)"; }

  Interval Of(const LogQuantity& quantity) const override {
    const double value = quantity(fit_->u.data(), nullptr);
    return {value, value};
  }

  // A run without noise shows the law itself.
  Interval OfRun(const LogQuantity& /*quantity*/, const Interval& law) const override {
    return law;
  }
  Vector Covariance(const std::vector<LogQuantity>& quantities) const override {
    return Vector(quantities.size() * quantities.size(), 0.0);
  }

 private:
  std::shared_ptr<const FittedLaw> fit_;
};

}  // namespace

bool IsExact(const FittedLaw& fit) {
  constexpr double kRounding = 1e-9;
  // Sds that points brought are noise, however well the law fits.
  const bool shares = fit.noise.clustered() && !(std::sqrt(fit.noise.between) < kRounding);
  return fit.noise.known() && std::sqrt(fit.noise.within) < kRounding && !shares;
}

std::unique_ptr<Uncertainty> MakeExact(std::shared_ptr<const FittedLaw> fit) {
  return std::make_unique<Exact>(std::move(fit));
}

}  // namespace saelaw
