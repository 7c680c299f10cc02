#include "fit/intervals.h"

#include <cmath>

#include "fit/distributions.h"

namespace saelaw {
namespace {

constexpr int kManyPoints = 20'000;

IntervalMethod Applicable(const FittedLaw& fitted,
                          bool resampled,
                          IntervalMethod asked,
                          std::vector<std::string>& warnings) {
  if (asked == IntervalMethod::kNone || asked == IntervalMethod::kSandwich) return asked;
  if (fitted.sample.size() > kManyPoints) {
    warnings.push_back("more than 20,000 points: sandwich intervals, which agree there");
    return IntervalMethod::kSandwich;
  }
  if (asked == IntervalMethod::kProfileF) {
    if (!fitted.criterion.robust()) return asked;
    warnings.push_back("profile/F needs least squares: sandwich intervals instead");
    return IntervalMethod::kSandwich;
  }
  if (resampled) return asked;
  warnings.push_back("this law has no bootstrap: sandwich intervals instead");
  return IntervalMethod::kSandwich;
}

Interval Widen(const Interval& log, double centre, double noise) {
  return Exponential(
      {centre - std::hypot(centre - log.lo, noise), centre + std::hypot(log.hi - centre, noise)});
}

}  // namespace

std::shared_ptr<const Uncertainty> MakeUncertainty(const std::shared_ptr<const FittedLaw>& fitted,
                                                   const PowerSum* resampled,
                                                   const FitOptions& options,
                                                   std::vector<std::string>& warnings) {
  if (options.interval_method == IntervalMethod::kNone) return nullptr;
  if (fitted->noise_df == 0) {
    warnings.push_back("as many parameters as settings and no replicates: no interval");
    return nullptr;
  }
  switch (Applicable(*fitted, resampled != nullptr, options.interval_method, warnings)) {
    case IntervalMethod::kNone:
      break;
    case IntervalMethod::kProfileF:
      return MakeProfile(fitted, options.level);
    case IntervalMethod::kBootstrapCase:
      return MakeBootstrap(*fitted, *resampled, options, false);
    case IntervalMethod::kBootstrapParametric:
      return MakeBootstrap(*fitted, *resampled, options, true);
    case IntervalMethod::kSandwich:
      return MakeSandwich(fitted, options.level);
  }
  return nullptr;
}

Interval Exponential(const Interval& log) { return {std::exp(log.lo), std::exp(log.hi)}; }

std::function<Prediction(const Point&)> MakePredictor(
    std::shared_ptr<const FittedLaw> fitted,
    std::shared_ptr<const Uncertainty> uncertainty,
    std::function<Vector(const Point&)> row,
    double level) {
  return [fitted = std::move(fitted),
          uncertainty = std::move(uncertainty),
          row = std::move(row),
          level](const Point& at) {
    Prediction prediction;
    prediction.at = at;
    const LogQuantity log_value = LogValueAt(fitted, row(at));
    const double centre = log_value(fitted->u.data(), nullptr);
    prediction.value = std::exp(centre);
    if (uncertainty == nullptr || !std::isfinite(centre)) return prediction;
    const Interval log = uncertainty->Of(log_value);
    prediction.confidence = Exponential(log);
    const double noise = StudentTwoSided(level, fitted->noise_df) * fitted->point_sd;
    prediction.prediction = Widen(log, centre, noise);
    return prediction;
  };
}

}  // namespace saelaw
