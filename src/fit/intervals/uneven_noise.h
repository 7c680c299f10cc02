// Looks for noise that differs between the points of a fit (fit/noise/spread.h).
#pragma once

#include "fit/laws/usable_points.h"
#include "fit/noise/fitted_law.h"

namespace saelaw {

// Sets the spread of a fit whose noise is known, and says so where it is a clear one. Nothing where
// points brought their sds, or have weights that were made from the residuals.
void FindUnevenNoise(const UsablePoints& usable,
                     const LawInfo& law,
                     FittedLaw& fitted,
                     FitWarnings& warnings);

}  // namespace saelaw
