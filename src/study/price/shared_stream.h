// A gang computes its stream once: what that leaves of each member's price.
#pragma once

#include <vector>

#include "core/run_spec.h"
#include "study/price/cost.h"

namespace saelaw {

struct PricedRun {
  const RunSpec* run = nullptr;
  Cost* cost = nullptr;  // of the run alone; changed in place
};

// Makes each cost the run's share of its gang's, as if all runs of one stream trained together: the
// stream of each stretch of tokens is divided among the members that still train there, and the
// seconds fall with the FLOP. Returns whether any stream is shared.
bool ShareStreams(const std::vector<PricedRun>& runs);

}  // namespace saelaw
