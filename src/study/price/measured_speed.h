// How fast the machine has trained so far.
#pragma once

#include <vector>

#include "study/design/knowledge.h"
#include "study/price/cost.h"
#include "sweep/sweep.h"

namespace saelaw {

// FLOP/s over all `runs` that were timed. Seconds and FLOP are each run's share of its gang.
MeasuredSpeed MeasureSpeed(const Sweep& sweep, const std::vector<const KnownRun*>& runs);

}  // namespace saelaw
