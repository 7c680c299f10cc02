// The loss that a run at a chosen learning rate is predicted to reach: by the law that holds at
// that rate, raised by what the rate costs against the best one where the stability edge holds it
// below.
#pragma once

#include <cstdint>

#include "study/findings/loss_laws.h"
#include "study/findings/rate_choice.h"

namespace saelaw {

// Whether the laws say what a run at this rate costs; else they speak of another rate.
bool CoversRate(const LossLaws& laws, const RateChoice& choice, std::int64_t d_sae);

// Whose loss is predicted: of a run that is measured on other documents, so that what the held-out
// ones have of their own is part of the error, or one of the sweep's own, on the very same.
enum class MeasuredOn { kOthers, kSameDocuments };

// At the SAE size `d_sae` (also at.params), by the law that predicts there or, where the choice
// says so, the one at the loss law's rate. Intervals are unknown where no law covers the rate: the
// value is then that of the law's own rates. Requires that law to be ok().
Prediction PredictLoss(const LossLaws& laws,
                       const RateChoice& choice,
                       const Point& at,
                       std::int64_t d_sae,
                       MeasuredOn documents = MeasuredOn::kOthers);

}  // namespace saelaw
