// Where each run of a sweep stands, by the ledger and by what running trainers said last.
#pragma once

#include <string>

#include "report/status.h"
#include "store/store.h"

namespace saelaw {

// Of the sweep of that name; empty: the one saved last. Reads `store`, which is `database` opened;
// asks besides whether a planner works on it, since one that was killed leaves runs marked as
// running. Throws ConfigurationError where there is no such sweep.
Status SweepStatus(const Store& store, const std::string& database, const std::string& name);

}  // namespace saelaw
