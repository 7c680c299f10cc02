// Where the advice ends: when it is refused, and what a refusal withholds.
#pragma once

#include <optional>

#include "study/advice/recommendation.h"

namespace saelaw {

// Why no advice is given without being forced; empty: it is. `reach`: that of the law of loss.
std::optional<WhyWithheld> FindWhyWithheld(const Findings& findings,
                                           const Extrapolation& reach,
                                           const Recommendation& answer);

// Advice that is refused is not shown: what remains is what was measured.
void Withhold(Recommendation* answer);

}  // namespace saelaw
