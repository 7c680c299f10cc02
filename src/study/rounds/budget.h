// What a sweep's budget of runs and FLOP leaves of a round.
#pragma once

#include <vector>

#include "study/design/family.h"
#include "study/rounds/plan.h"
#include "sweep/sweep.h"

namespace saelaw {

// Cuts the round to what the budget still allows, the cheapest runs first, and says so in its
// notes. Known runs are priced as if they had trained together, which is the least that they cost.
void ApplyBudget(const Sweep& sweep, const Family& family, Plan* plan);

// Adds runs of later rounds, as far as the budget allows them beside those that the plan lists and
// those that are there; the note is then one of all of them. What the budget left out of the round
// stays out, so that a plan lists and prices nothing that will never be trained.
void AddWithinBudget(const Sweep& sweep,
                     const Family& family,
                     std::vector<PlannedRun> later,
                     Plan* plan);

}  // namespace saelaw
