// Runs of one trunk (core/trunk.h) in one gang train it once: what that leaves of their price, and
// of their memory.
#pragma once

#include <string>
#include <vector>

#include "core/run_spec.h"
#include "study/price/shared_stream.h"

namespace saelaw {

// Makes each cost the run's share, as if all runs of one trunk trained together: every stretch of
// the trunk is divided among the members that are still on it, and the seconds fall with the FLOP.
// Returns whether any trunk is shared.
bool ShareTrunks(const std::vector<PricedRun>& runs);

// How many SAEs the runs of one trunk have at once, at most: the trunk while it is needed, and the
// branches that have left it and not ended.
int MostSaesAtOnce(const std::vector<const RunSpec*>& of_one_trunk);

// Of runs in company; a run without a trunk stands under its own name.
std::string TrunkOrRun(const RunSpec& run);

}  // namespace saelaw
