// What `saelaw plan` says: the next runs of a sweep, what they cost here, and what the target
// costs.
#pragma once

#include "report/plan_report.h"
#include "store/store.h"
#include "sweep/sweep.h"

namespace saelaw {

// Runs of all arms that share a stream are priced as one gang. `store`: null where there is no
// database yet. The sweep's data was identified as far as it could be; runs that are known already
// may be listed as to do where it was not.
PlanReport PricePlan(const Arms& arms, const Store* store);

}  // namespace saelaw
