// How noisy the points of a fitted law are, and how well that is known.
#pragma once

#include <vector>

#include "fit/noise/fitted_law.h"
#include "fit/points/assumption.h"
#include "fit/points/fit_warning.h"
#include "fit/solve/minimise.h"

namespace saelaw {

// Sets the noise of a fitted law, for robust criteria from residuals cut off at 4 robust sds. It
// comes, in this order, from the points' own sd (`sd_unit` > 0; enlarged where the residuals exceed
// it), from replicates with at least 4 degrees of freedom, from the residuals. Replicates that are
// much closer to each other than to the law (lack of fit, F test at 1 %) warn, and the distance to
// the law becomes the noise. What clusters have in common comes on top (fit/noise/shared_noise.h).
// Returns the pooled sd of ln loss over replicates, NaN when there are none.
double SetNoise(double sd_unit, FittedLaw& fitted, FitWarnings& warnings);

// The residuals that SetNoise goes by: those of the fit, and for robust criteria what least squares
// would leave of them once gross errors are cut off.
Vector CleanResiduals(const FittedLaw& fitted);

// Whether the criterion has no slope at the fit, so that a search which did not move had nowhere to
// go. Priors are not counted: laws with priors are searched from several starts.
bool Stationary(const FittedLaw& fitted);

std::vector<SearchFault> FindFaults(const Minimum& found, const FittedLaw& fitted);

// Root mean square of ln residuals, unweighted.
double LogRms(const FittedLaw& fitted);

// What intervals take for granted of how points hang together.
Assumption FindAssumption(const FittedLaw& fitted);

}  // namespace saelaw
