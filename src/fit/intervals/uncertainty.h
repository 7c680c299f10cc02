// Intervals of a fitted law, by one of several methods behind one question: the interval of the
// logarithm of a quantity.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fit/intervals/fit_options.h"
#include "fit/laws/law_model.h"
#include "fit/noise/fitted_law.h"
#include "fit/points/interval.h"

namespace saelaw {

class Uncertainty {
 public:
  virtual ~Uncertainty() = default;
  // Of ln quantity; an unbounded side is infinite.
  virtual Interval Of(const LogQuantity& log_quantity) const = 0;
  // Of what one new run (of a cluster of its own) would show of it; `law` is Of(log_quantity).
  virtual Interval OfRun(const LogQuantity& log_quantity, const Interval& law) const = 0;
  // Of the quantities' logarithms together [n, n], without the stretch that quantiles bring into
  // intervals; empty where the method has none.
  virtual Vector Covariance(const std::vector<LogQuantity>& /*quantities*/) const { return {}; }
  virtual std::string Name() const = 0;
};

// Profile likelihood with an F threshold (Bates & Watts 1988, ch. 6): all values t of the quantity
// for which min{S(u): g(u) = t} - S_min <= s² F(level; 1, df), with s² and df of that quantity
// where points share clusters (fit/noise/shared_noise.h). Least squares only.
std::unique_ptr<Uncertainty> MakeProfile(std::shared_ptr<const FittedLaw> fit,
                                         double level,
                                         int threads);

// Percentiles over refits, their distance from the estimate times the quantile of
// fit/noise/shared_noise.h over the normal one: refits know the noise, which is estimated.
// kBootstrapResidual, kBootstrapParametric: of the fitted law with noise of those mean squares;
// points' own noise is drawn from their residuals (smoothed), or Gaussian.
//
// kBootstrapCase: points (clusters, from eight on) are drawn again within each setting where there
// are replicates, else over all; what such draws lack is made up for (m points vary by 1 - 1/m of
// their variance, p parameters take p points). `model` is the one of `fit`.
std::unique_ptr<Uncertainty> MakeBootstrap(const FittedLaw& fit,
                                           const LawModel& model,
                                           const FitOptions& options,
                                           IntervalMethod method);

// Delta method with the sandwich covariance of an M-estimator (Huber & Ronchetti 2009, ch. 7):
// scores summed within a cluster, where there are eight or more; with fewer, the mean squares of
// fit/noise/shared_noise.h of the estimator's pseudo-residuals.
std::unique_ptr<Uncertainty> MakeSandwich(std::shared_ptr<const FittedLaw> fit, double level);

// Whether the law goes through its points to within rounding: ln residuals of less than 1e-9, where
// tables have at most 17 digits and runs never agree so well.
bool IsExact(const FittedLaw& fit);
// Intervals without width, which are those of points without noise.
std::unique_ptr<Uncertainty> MakeExact(std::shared_ptr<const FittedLaw> fit);

// The model's ln value at a row, as a quantity.
LogQuantity LogValueAt(std::shared_ptr<const FittedLaw> fit, Vector row);

}  // namespace saelaw
