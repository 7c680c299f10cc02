// The polish: from a starting point to a local optimum of the criterion, with Ceres.
#pragma once

#include "fit/solve/criterion.h"
#include "fit/solve/log_model.h"

namespace saelaw {

// A stiff spring on a derived quantity: adds (weight·(ln g(u) - target))² to the sum of squares.
// Whatever the weight, the optimum lies on the profile of g: it minimises the criterion among all
// u with the same g(u).
struct Tether {
  LogQuantity quantity;
  double target = 0;
  double weight = 0;  // in units of the weighted ln residual
};

struct Minimum {
  Vector u;
  double objective = 0;    // sum of Criterion::Value with the priors, without the tether
  bool converged = false;  // stopped by a tolerance, not by the iteration limit
  bool moved = false;      // u differs from the start
};

// Sum over points of criterion.Value (of what the sample's pooling leaves), and over priors of
// (noise·(u - mean)/sd)² (halved for robust criteria, as their own squares are); infinite outside
// the model's domain.
double Objective(const LogModel& model,
                 const Sample& sample,
                 const Criterion& criterion,
                 const Vector& u);

// Weighted ln residuals w·(ln f - ln loss), [points].
Vector Residuals(const LogModel& model, const Sample& sample, const Vector& u);

// w·d ln f/du at u, pooled as the sample says: [points, Size()] by columns.
Vector WeightedJacobian(const LogModel& model, const Sample& sample, const Vector& u);

// Local optimum reached from `start`. The objective is rescaled to O(1) inside, so that the
// solver's tolerances mean the same for every delta and noise. `tether` may be null.
Minimum Minimise(const LogModel& model,
                 const Sample& sample,
                 const Criterion& criterion,
                 const Vector& start,
                 const Tether* tether = nullptr);

// Inverse of J'J of the weighted ln residuals, pooled as the sample says (and of the priors) at u,
// [Size(), Size()]: the covariance of u for unit noise. `condition` is the ratio of the extreme
// singular values of J with unit columns; a singular direction is left out of the inverse.
struct Curvature {
  Vector inverse;
  double condition = 0;
  int rank = 0;
};
Curvature InverseCurvature(const LogModel& model, const Sample& sample, const Vector& u);

// The variance of a quantity with gradient g under a covariance [p, p]: g'Cg.
double QuadraticForm(const Vector& covariance, const Vector& gradient);

}  // namespace saelaw
