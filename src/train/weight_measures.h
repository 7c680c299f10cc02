// What is measured of a trained SAE's weights alone, without any vector.
#pragma once

#include "core/run_result.h"
#include "sae/model/parameters.h"

namespace saelaw {

// Fills in what follows from the weights; the other measures stay as they are.
void MeasureWeights(const SaeSpec& spec, const SaeParameters& sae, RunMeasures& measures);

}  // namespace saelaw
