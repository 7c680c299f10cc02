// Chooses the method of intervals that the data allows, and turns what it says of ln quantities
// into what users read. A method that cannot be used is replaced by one that can, with a warning,
// and never silently.
#include "fit/intervals/intervals.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "fit/solve/minimise.h"
#include "fit/solve/pooling.h"

namespace saelaw {
namespace {

using warning::SandwichInstead;

constexpr int kManyPoints = 20'000;

// The tests go from what makes all methods agree to what a single method needs.
IntervalMethod Applicable(const FittedLaw& fitted,
                          bool resampled,
                          IntervalMethod asked,
                          FitWarnings& warnings) {
  if (asked == IntervalMethod::kNone || asked == IntervalMethod::kSandwich) return asked;
  if (fitted.sample.size() > kManyPoints) {
    warnings.push_back(SandwichInstead{SandwichInstead::Why::kManyPoints, kManyPoints});
    return IntervalMethod::kSandwich;
  }
  const int clusters = fitted.sample.clusters;
  if (clusters > kMostClusters && clusters < fitted.sample.size()) {
    warnings.push_back(SandwichInstead{SandwichInstead::Why::kManyStreams, kMostClusters});
    return IntervalMethod::kSandwich;
  }
  if (asked == IntervalMethod::kProfileF) {
    if (!fitted.criterion.robust()) return asked;
    warnings.push_back(SandwichInstead{SandwichInstead::Why::kNotSquares, 0});
    return IntervalMethod::kSandwich;
  }
  if (resampled) return asked;
  warnings.push_back(SandwichInstead{SandwichInstead::Why::kNoBootstrap, 0});
  return IntervalMethod::kSandwich;
}

// Widens an interval so that it holds the value: a point estimate on a bound may lie beside the
// interval of the law without the bound.
Interval Around(const Interval& interval, double value) {
  return {std::min(interval.lo, value), std::max(interval.hi, value)};
}

}  // namespace

std::shared_ptr<const Uncertainty> MakeUncertainty(const std::shared_ptr<const FittedLaw>& fitted,
                                                   const LawModel* resampled,
                                                   const FitOptions& options,
                                                   FitWarnings& warnings) {
  if (options.interval_method == IntervalMethod::kNone) return nullptr;
  // Without noise there is no scale for an interval, and a guess would be worse than none.
  if (!fitted->noise.known()) {
    warnings.push_back(warning::NoNoise{});
    return nullptr;
  }
  if (IsExact(*fitted)) return MakeExact(fitted);
  const IntervalMethod method =
      Applicable(*fitted, resampled != nullptr, options.interval_method, warnings);
  switch (method) {
    case IntervalMethod::kNone:
      break;
    case IntervalMethod::kProfileF:
      return MakeProfile(fitted, options.level, options.threads);
    case IntervalMethod::kBootstrapCase:
    case IntervalMethod::kBootstrapParametric:
    case IntervalMethod::kBootstrapResidual:
      return MakeBootstrap(*fitted, *resampled, options, method);
    case IntervalMethod::kSandwich:
      return MakeSandwich(fitted, options.level);
  }
  return nullptr;
}

Interval Exponential(const Interval& log) { return {std::exp(log.lo), std::exp(log.hi)}; }

std::function<Prediction(const Point&)> MakePredictor(
    std::shared_ptr<const FittedLaw> fitted,
    std::shared_ptr<const FittedLaw> basis,
    std::shared_ptr<const Uncertainty> uncertainty,
    std::function<Vector(const Point&)> row) {
  return [fitted = std::move(fitted),
          basis = std::move(basis),
          uncertainty = std::move(uncertainty),
          row = std::move(row)](const Point& at) {
    Prediction prediction;
    prediction.at = at;
    // The row is made from the place once, for the value and for both intervals.
    const Vector place = row(at);
    const double centre = fitted->model->LogValue(fitted->u.data(), place.data(), nullptr);
    prediction.value = std::exp(centre);
    if (uncertainty == nullptr || !std::isfinite(centre)) return prediction;
    const LogQuantity quantity = LogValueAt(basis, place);
    const Interval log = Around(uncertainty->Of(quantity), centre);
    prediction.confidence = Exponential(log);
    prediction.prediction = Exponential(Around(uncertainty->OfRun(quantity, log), centre));
    return prediction;
  };
}

std::function<Interval(const DerivedQuantity&)> MakeDeriver(
    std::shared_ptr<const LawModel> model, std::shared_ptr<const Uncertainty> uncertainty) {
  return [model = std::move(model),
          uncertainty = std::move(uncertainty)](const DerivedQuantity& derived) -> Interval {
    if (uncertainty == nullptr) return {};
    // Derived quantities are given by values and not by u, so their slopes are taken by
    // differences.
    const auto value = [&](const Vector& u) {
      Vector values;
      for (const NamedParameter& named : model->Parameters(u)) values.push_back(named.value);
      return derived(values);
    };
    return uncertainty->Of([&](const double* u, double* gradient) {
      Vector at(u, u + model->Size());
      if (gradient == nullptr) return value(at);
      // Smooth functions of a handful of parameters: central differences are exact enough.
      constexpr double kStep = 1e-6;
      for (std::size_t j = 0; j < at.size(); ++j) {
        const double centre = at[j];
        at[j] = centre + kStep;
        const double up = value(at);
        at[j] = centre - kStep;
        gradient[j] = (up - value(at)) / (2 * kStep);
        at[j] = centre;
      }
      return value(at);
    });
  };
}

std::function<double(const Point&, const Point&)> MakeNarrowing(
    std::shared_ptr<const FittedLaw> fitted, std::function<Vector(const Point&)> row) {
  const SharedNoise& noise = fitted->noise;
  Sample pooled = fitted->sample;
  pooled.pooling = ComputePooling(pooled, noise.within, noise.Shared());
  const Curvature curvature = InverseCurvature(*fitted->model, pooled, fitted->u);
  // What a run's own cluster does to the run cannot be told from the run's noise, so its weight is
  // less.
  const double alone =
      noise.Shared() > 0 ? std::sqrt(noise.within / (noise.within + noise.Shared())) : 1;
  return [fitted = std::move(fitted), row = std::move(row), covariance = curvature.inverse, alone](
             const Point& target, const Point& run) {
    const auto gradient_at = [&](const Point& at) {
      Vector gradient(fitted->u.size());
      fitted->model->LogValue(fitted->u.data(), row(at).data(), gradient.data());
      return gradient;
    };
    const Vector g = gradient_at(target);
    Vector j = gradient_at(run);
    for (double& derivative : j) derivative *= alone;
    // Rank-one update for a run of unit noise: C - Cjj'C/(1 + j'Cj).
    const double before = QuadraticForm(covariance, g);
    double shared = 0;
    for (std::size_t a = 0; a < g.size(); ++a) {
      for (std::size_t b = 0; b < g.size(); ++b) {
        shared += g[a] * covariance[a * g.size() + b] * j[b];
      }
    }
    const double after = before - shared * shared / (1 + QuadraticForm(covariance, j));
    // Rounding may take a variance that is nearly gone below 0.
    return std::sqrt(std::max(after, 0.0) / before);
  };
}

Parameter DescribeParameter(const NamedParameter& value,
                            const NamedParameter& basis,
                            const Uncertainty* uncertainty,
                            FitWarnings& warnings) {
  Parameter parameter{value.name, value.value, {}, value.on_bound};
  if (value.on_bound) {
    warnings.push_back(warning::OnBound{value.name, value.value});
  }
  if (uncertainty == nullptr || !basis.quantity) return parameter;
  Interval interval = uncertainty->Of(basis.quantity);
  interval = basis.linear ? Interval{basis.unit * interval.lo, basis.unit * interval.hi}
                          : Exponential(interval);
  // What lies below 0 belongs to a floor that could be negative, and is cut off here.
  if (basis.linear && !value.linear) {
    interval = {std::max(interval.lo, 0.0), std::max(interval.hi, 0.0)};
  }
  parameter.interval = Around(interval, value.value);
  constexpr double kNear = 1.02;
  // An end at the edge of the search is the search's own and not the data's.
  if (parameter.interval.hi > value.largest / kNear) {
    parameter.interval.hi = std::numeric_limits<double>::infinity();
    warnings.push_back(warning::OpenInterval{value.name, true});
  }
  if (parameter.interval.lo < value.smallest * kNear) {
    parameter.interval.lo = 0;
    warnings.push_back(warning::OpenInterval{value.name, false});
  }
  return parameter;
}

}  // namespace saelaw
