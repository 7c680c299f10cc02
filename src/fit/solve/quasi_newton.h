// BFGS for functions that are smooth almost everywhere: robust criteria whose knee few residuals
// lie within.
#pragma once

#include <functional>

#include "fit/solve/log_model.h"

namespace saelaw {

// The value at u, and its gradient. NaN or infinite outside the domain.
using SmoothFunction = std::function<double(const double* u, double* gradient)>;

// Minimises f from u with BFGS (Nocedal & Wright 2006, section 6.1). `whitening` [p, p], by
// columns, are coordinates v of u = u0 + whitening·v in which f is about round. Returns whether it
// stopped because nothing more is to be gained, not by the limit of steps or at a kink.
bool QuasiNewton(const SmoothFunction& f, const Vector& whitening, Vector& u);

}  // namespace saelaw
