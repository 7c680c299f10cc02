// A law at its optimum, with the points and their noise: what intervals are made of.
#pragma once

#include <memory>

#include "fit/noise/shared_noise.h"
#include "fit/noise/spread.h"
#include "fit/solve/criterion.h"
#include "fit/solve/log_model.h"

namespace saelaw {

// A fit with all that an interval needs of it. Immutable once made; shared by predictors.
struct FittedLaw {
  std::shared_ptr<const LogModel> model;
  Sample sample;
  Criterion criterion;
  Vector u;
  double objective = 0;
  SharedNoise noise;  // of the weighted ln residuals
  Spread spread;      // how the points' own noise differs, where it does
  // Where the floor, u[0], lies on its bound of 0: the same fit as one of the law without a floor,
  // whose parameters are those that the noise still moves. Else null.
  std::shared_ptr<const FittedLaw> on_bound;
};

}  // namespace saelaw
