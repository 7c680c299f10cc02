// How noisy the points of a fitted law are, and how well that is known.
#pragma once

#include <string>
#include <vector>

#include "fit/uncertainty.h"

namespace saelaw {

// Sets noise_sd, noise_df and point_sd of a fitted law. The noise comes, in this order, from the
// points' own sd (`sd_unit` > 0; enlarged where the residuals exceed it), from replicates with at
// least 4 degrees of freedom (over distinct trunks), from the residuals. Replicates that are much
// closer to each other than to the law (lack of fit, F test at 1 %) warn, and the distance to the
// law becomes the noise. Points of one stream whose residuals move together (one-way F test at 5 %)
// warn too. Returns the pooled sd of ln loss over replicates, NaN when there are none.
double SetNoise(double sd_unit, FittedLaw& fitted, std::vector<std::string>& warnings);

// Root mean square of ln residuals, unweighted.
double LogRms(const FittedLaw& fitted);

}  // namespace saelaw
