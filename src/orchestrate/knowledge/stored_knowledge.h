// From the database to what the planner wants to know.
#pragma once

#include <string_view>
#include <vector>

#include "store/store.h"
#include "study/design/knowledge.h"
#include "sweep/sweep.h"

namespace saelaw {

// How runs are marked that somebody trained by itself (`saelaw train`): the name of their sweep in
// the database begins with the one, the reason why they were asked for with the other. Stored: do
// not change.
inline constexpr std::string_view kTrainedAlone = "train ";
inline constexpr std::string_view kTrainReason = "saelaw train ";

// Every accepted result, judged again (those of runs that were trained by themselves and that no
// sweep has asked for stand apart), the measurement of the sweep's source, and what was predicted
// of its hold-out runs before they began.
Knowledge KnowledgeIn(const Store& store, const Sweep& sweep);
// The same of each arm, in their order. The results are read and judged once for all of them.
std::vector<Knowledge> KnowledgeOfArms(const Store& store, const Arms& arms);

}  // namespace saelaw
