// Where a sweep's target and its hold-out stand among the variables of the laws.
#pragma once

#include "fit/fit.h"
#include "sweep/sweep.h"

namespace saelaw {

// Tokens, d_sae as params, and the sweep's own batch, at which the rates were swept.
Point TargetPlace(const Sweep& sweep);
Point HoldOutPlace(const Sweep& sweep);

}  // namespace saelaw
