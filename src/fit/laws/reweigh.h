// Weights that hang on the fit itself: points far from their cell's best, far in cost from where
// the law is wanted, or far from the law are believed less.
#pragma once

#include "fit/laws/law_model.h"
#include "fit/laws/usable_points.h"

namespace saelaw {

// The noise model of sweeps over rate and batch, for laws with priors. Sets sample.w and
// sample.noise (robustly, from the residuals at u). Relative variances are 1 + (excess/0.04)², with
// excess the ln loss above the law's best at that size and data (laws with such a best alone),
// times (1 + log10(target_cost/cost))² for cheaper points when target_cost > 0. False, and nothing
// done, for other laws.
bool Reweigh(const LawModel& model,
             const Vector& u,
             const UsablePoints& usable,
             double target_cost,
             Sample& sample);

// Student's t with 4 degrees of freedom: multiplies the weights 1/variance of `plain` by
// 5/(4 + (r/s)²), s the scale for which these average the squared residuals (one step of EM).
// Returns s, which is to be given back.
double ReweighStudent(
    const LawModel& model, const Vector& u, const Vector& plain, double scale, Sample& sample);
// The variance of an estimate over that of least squares with noise s: (df + 3)/(df + 1).
inline constexpr double kStudentVariance = 7.0 / 5.0;

}  // namespace saelaw
