// From the database to what the planner wants to know.
#pragma once

#include "store/store.h"
#include "study/design/knowledge.h"
#include "sweep/sweep.h"

namespace saelaw {

// Every accepted result, judged again, the measurement of the sweep's source, and what was
// predicted of its hold-out runs before they began.
Knowledge KnowledgeIn(const Store& store, const Sweep& sweep);

}  // namespace saelaw
