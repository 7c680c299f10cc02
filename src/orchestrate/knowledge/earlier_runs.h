// Finished runs that a sweep no longer finds, because the data or its settings are others now.
#pragma once

#include <string>

#include "store/store.h"
#include "sweep/sweep.h"

namespace saelaw {

// One line that says how many finished runs of this sweep are there that are not of its data as it
// is now, which, and what changed; empty when there are none. `sweep.source` must have been
// identified as far as it could be.
std::string EarlierRuns(const Store& store, const Sweep& sweep);

// Whether any arm of the sweep has finished runs there at all.
bool HasFinishedRuns(const Store& store, const Arms& arms);

}  // namespace saelaw
