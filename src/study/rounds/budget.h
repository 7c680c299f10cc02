// What a sweep's budget of runs and FLOP leaves of a round.
#pragma once

#include "study/design/family.h"
#include "study/rounds/plan.h"
#include "sweep/sweep.h"

namespace saelaw {

// Cuts the round to what the budget still allows, the cheapest runs first, and says so in its
// notes. Known runs are priced as if they had trained together, which is the least that they cost.
void ApplyBudget(const Sweep& sweep, const Family& family, Plan* plan);

}  // namespace saelaw
