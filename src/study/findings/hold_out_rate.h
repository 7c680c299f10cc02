// Which learning rate the hold-out trains at.
#pragma once

#include "study/findings/loss_laws.h"
#include "study/findings/rate_choice.h"

namespace saelaw {

// The rate that the hold-out trains at: the one that would be advised for as many tokens, or the
// one rate that is advised for the target, since that is the law to be checked; where no law
// predicts a loss at the advised rate, the loss law's own rate.
RateChoice HoldOutRate(const Sweep& sweep, const RateLaws& rates, const LossLaws& laws);

}  // namespace saelaw
