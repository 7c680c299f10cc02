// Valleys with known optima, for the tests of what fits them.
#pragma once

#include <cmath>
#include <vector>

#include "core/random.h"
#include "fit/rates/valley_data.h"
#include "fit/rates/valley_shape.h"

namespace saelaw::testing {

// Groups at places 0, 1, 2, ..., optima on -1 - 0.3·place, five runs each half a ln unit apart
// around a centre that is 0.15 beside the optimum. `noise`: of ln loss, always the same draws.
inline ValleyData Valleys(int groups, const ValleyShape& shape, double noise = 0) {
  Random draws(20261128);
  ValleyData data;
  for (int g = 0; g < groups; ++g) {
    ValleyGroup group;
    group.place = {static_cast<double>(g)};
    const double optimum = -1 - 0.3 * g;
    group.centre = optimum + 0.15;
    for (int i = -2; i <= 2; ++i) {
      const double x = group.centre + 0.5 * i;
      const double y = 0.7 * g + shape.Rise(x - optimum) + noise * draws.Normal();
      group.runs.push_back({x, y, g});
    }
    data.groups.push_back(group);
  }
  data.levels = groups;
  return data;
}

}  // namespace saelaw::testing
