// Least squares of a set of valleys that share one shape: where each has its optimum, freely or
// along a line in the sizes' logarithms.
#pragma once

#include "fit/rates/valley_data.h"
#include "fit/rates/valley_shape.h"

namespace saelaw {

struct ValleyPriors {
  double noise = 1e-3;  // sd of ln loss, against which the priors below are weighed
  // Of a group's ln curvature about the shared one; 0: one curvature for all.
  double curvature_spread = 0;
  double skew = 1;       // of the shape's skew: a factor of 7 between the sides is one sd
  double log_power = 1;  // of the shape's log_power: the fifth power is one sd from the square
  double flat = 0.7;     // of the half-width of a flat bottom, a factor of 2 in the rate
};

struct ValleyState {
  ValleyShape shape;
  Vector position;    // [placement.size]
  Vector curvatures;  // [groups] ln of the group's curvature over the shared one
};

struct ValleyFit {
  ValleyState at;
  double square = 0;      // residual sum of squares
  double objective = 0;   // the same with the priors and bounds
  double parameters = 0;  // effective number of them, levels apart
  Vector covariance;      // of position for unit noise, [size, size]
  bool ok = false;        // whether the search ended at an optimum
};

// Minimises by Levenberg-Marquardt from `start`; levels are linear, and solved inside.
ValleyFit SearchValley(const ValleyData& data,
                       ValleyKind kind,
                       const ValleyPlacement& placement,
                       const ValleyPriors& priors,
                       const ValleyState& start);

// What the random effects of a fit would explain: REML of one variance (Patterson & Thompson 1971,
// Biometrika 58) in the model linearised at the fit.
struct CurvatureSpread {
  double sd = 0;        // of ln curvature between groups
  double deviance = 0;  // -2 ln likelihood ratio against sd = 0
};
CurvatureSpread FindCurvatureSpread(const ValleyData& data,
                                    ValleyKind kind,
                                    const ValleyPlacement& placement,
                                    const ValleyFit& fit);

}  // namespace saelaw
