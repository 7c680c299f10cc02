// Intervals of what a law of valleys says, by the profile of each shape's sum of squares and a mean
// over the shapes.
#pragma once

#include "fit/rates/valley_law.h"

namespace saelaw {

// A position of the line as it is written about an origin: 0 is the optimum at the origin, k the
// slope along entry k - 1 of the place.
struct LineQuantity {
  Vector origin;
  int position = 0;
};

// The interval's ends are where the shapes' tails, by their weights, add up to half of 1 - level.
// Where no finite value reaches that, the end is infinite.
ValleyEstimate MakeEstimate(const ValleyLaw& law, const LineQuantity& quantity, double level);

}  // namespace saelaw
