// From a complete recommendation to its verdict.
#pragma once

#include "study/advice/recommendation.h"
#include "study/findings/findings.h"
#include "sweep/sweep.h"

namespace saelaw {

// The confidence is that of the most serious reason; a high one has what speaks for the answer as
// its reasons. Pure.
Verdict ReachVerdict(const Sweep& sweep, const Findings& findings, const Recommendation& answer);

}  // namespace saelaw
