// The noise model of sweeps over rate and batch: points far from their cell's best, and far in cost
// from where the law is wanted, are believed less.
#pragma once

#include "fit/law_model.h"
#include "fit/points.h"

namespace saelaw {

// Sets sample.w and sample.noise (robustly, from the residuals at u). Relative variances are
// 1 + (excess/0.04)², with excess the ln loss above the law's best at that size and data (laws with
// such a best alone), times 1 + log10(target_cost/cost) for cheaper points when target_cost > 0.
// False, and nothing done, where the law has neither and no priors whose weight the noise decides.
bool Reweigh(const LawModel& model,
             const Vector& u,
             const UsablePoints& usable,
             double target_cost,
             Sample& sample);

}  // namespace saelaw
