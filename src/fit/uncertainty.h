// Intervals of a fitted law, by one of several methods behind one question: the interval of the
// logarithm of a quantity.
#pragma once

#include <memory>
#include <string>

#include "fit/criterion.h"
#include "fit/law_fit.h"
#include "fit/law_model.h"
#include "fit/log_model.h"

namespace saelaw {

// A fit with all that an interval needs of it. Immutable once made; shared by predictors.
struct FittedLaw {
  std::shared_ptr<const LogModel> model;
  Sample sample;
  Criterion criterion;
  Vector u;
  double objective = 0;
  // Of the weighted ln residual: from replicates where there are enough, else from the residuals,
  // or 1 with infinite df where every point brought its sd.
  double noise_sd = 0;
  double noise_df = 0;  // 0: unknown, no interval
  double point_sd = 0;  // of ln loss of one new run
};

class Uncertainty {
 public:
  virtual ~Uncertainty() = default;
  // Of ln quantity; an unbounded side is infinite.
  virtual Interval Of(const LogQuantity& log_quantity) const = 0;
  virtual std::string Name() const = 0;
};

// Profile likelihood with an F threshold (Bates & Watts 1988, ch. 6): all values t of the quantity
// for which min{S(u): g(u) = t} - S_min <= s² F(level; 1, df). Least squares only.
std::unique_ptr<Uncertainty> MakeProfile(std::shared_ptr<const FittedLaw> fit, double level);

// Percentiles over refits. Case: points (whole streams or trunks, see fit/clusters.h) are drawn
// again within each setting's D where there are replicates, else over all points. Parametric: the
// fitted law with Gaussian noise of noise_sd. Undercovers with few points (81-85 % for a nominal
// 95 % within D with three seeds). `model` is the one of `fit`.
std::unique_ptr<Uncertainty> MakeBootstrap(const FittedLaw& fit,
                                           const LawModel& model,
                                           const FitOptions& options,
                                           bool parametric);

// Delta method with the sandwich covariance of an M-estimator (Huber & Ronchetti 2009, ch. 7),
// scores summed within a stream, or a trunk.
std::unique_ptr<Uncertainty> MakeSandwich(std::shared_ptr<const FittedLaw> fit, double level);

// The model's ln value at a row, as a quantity.
LogQuantity LogValueAt(std::shared_ptr<const FittedLaw> fit, Vector row);

}  // namespace saelaw
