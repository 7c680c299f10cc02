// Sweep + what is known → the next runs, why, and what they cost. Pure: no clock, disk or process.
#pragma once

#include "study/design/knowledge.h"
#include "study/findings/findings.h"
#include "study/rounds/plan.h"
#include "sweep/sweep.h"

namespace saelaw {

// The next round. The same arguments give the same plan, so a killed sweep goes on where it was.
// `findings`: what Study says of them. Where runs of the round are `there`, the plan ends with it:
// once they are known, the rest of it may be another (Decide goes on).
Plan NextRound(const Sweep& sweep, const Knowledge& knowledge, const Findings& findings);

}  // namespace saelaw
