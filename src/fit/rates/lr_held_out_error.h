// What the choice of held-out documents does to the law of the best rate
// (fit/intervals/held_out_error.h).
#pragma once

#include <span>

#include "fit/rates/lr_law.h"

namespace saelaw {

// Puts the sampling error into the law of the best rate and into each size's optimum.
void AddHeldOutError(std::span<const Point> points,
                     std::span<const Point> failed,
                     const FitOptions& options,
                     LrLawFit& fit);

}  // namespace saelaw
