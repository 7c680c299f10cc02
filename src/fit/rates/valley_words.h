// What is said of fitted valleys.
#pragma once

#include <string>
#include <vector>

#include "fit/rates/valley_law.h"

namespace saelaw {

// Names the shapes that the answer rests on: "one shape for all valleys (parabola 93 %, ...)".
std::string ShapesOf(const ValleyLaw& valleys);

// Warns of optima that scatter about the line, and of valleys that miss what replicates agree on.
void WarnOfMisfit(const ValleyLaw& valleys, std::vector<std::string>& warnings);

}  // namespace saelaw
