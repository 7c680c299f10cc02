// The best of the rates that were trained at, where no law says which rate is best.
#pragma once

#include <cstdint>

#include "fit/fit.h"
#include "study/findings/study_points.h"
#include "sweep/sweep.h"

namespace saelaw {

// The table of the runs of the loss law and the lr law, at the SAE sizes at which rates are swept.
RateTable TabulateFitted(const Sweep& sweep, const StudyPoints& points);

// The rate with the lowest loss at the largest number of tokens of the size `d_sae`, among those
// that never failed at any size, stand below `bound`, and carry a law of data there; 0 when there
// is none.
double BestMeasuredRate(const RateTable& table, std::int64_t d_sae, double bound);

}  // namespace saelaw
