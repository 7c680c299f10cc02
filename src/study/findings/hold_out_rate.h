// Which learning rate the hold-out trains at.
#pragma once

#include "study/findings/loss_laws.h"
#include "study/findings/rate_choice.h"

namespace saelaw {

// The rate that the hold-out trains at: the law's there, or the one rate that is advised for the
// target, since that is the law to be checked; where the advice is a bound at which nothing was
// trained, the loss law's own rate.
RateChoice HoldOutRate(const Sweep& sweep, const RateLaws& rates, const LossLaws& laws);

}  // namespace saelaw
