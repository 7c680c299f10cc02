// A line through points whose errors are correlated, and which scatter about it beyond these.
#pragma once

#include "fit/solve/log_model.h"

namespace saelaw {

struct ScatteredLine {
  Vector coefficients;
  Vector covariance;  // of the coefficients, [coefficients, coefficients]
  double sd = 0;      // of what the points scatter beyond their own errors
};

// y = design · coefficients + own + error, own of variance sd² for each point alike, error of
// `covariance` [points, points]. sd by restricted maximum likelihood, not below 0 (DerSimonian &
// Laird 1986 have the model, Patterson & Thompson 1971 the estimate). `design`: [points,
// coefficients] by rows, of full rank and with more points than coefficients.
ScatteredLine FitScatteredLine(const Vector& design, const Vector& y, const Vector& covariance);

}  // namespace saelaw
