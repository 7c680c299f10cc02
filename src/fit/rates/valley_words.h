// What is said of fitted valleys.
#pragma once

#include "fit/points/assumption.h"
#include "fit/rates/valley_law.h"

namespace saelaw {

// The shapes that the answer rests on.
assumption::OneShape ListShapes(const ValleyLaw& valleys);

// Warns of optima that scatter about the line, and of valleys that miss what replicates agree on.
void WarnOfMisfit(const ValleyLaw& valleys, FitWarnings& warnings);

}  // namespace saelaw
