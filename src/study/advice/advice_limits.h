// Where the advice ends: what a rate costs that the stability edge holds below the best one, how
// far the ground of the advised rate reaches, and what a refusal withholds.
#pragma once

#include <string>
#include <vector>

#include "study/advice/recommendation.h"

namespace saelaw {

void WarnOfHeldRate(const Findings& findings,
                    const Recommendation& answer,
                    std::vector<std::string>& warnings);

// By the largest of the sizes whose optimum, or whose edge, is known.
Extrapolation ReachOfRate(const Findings& findings, const Recommendation& answer);

// Advice that is refused is not shown: what remains is what was measured.
void Withhold(Recommendation* answer);

}  // namespace saelaw
