// Where the search of the valleys begins.
#pragma once

#include "fit/rates/valley_data.h"

namespace saelaw {

// The best parabolas of one curvature with an optimum for each group, in closed form. Not ok where
// the runs do not open upwards.
struct ValleyStart {
  bool ok = false;
  double log_curvature = 0;
  Vector optima;     // [groups]
  double noise = 0;  // sd of ln loss about them; 0 where nothing is left to measure it
};
ValleyStart StartOfValleys(const ValleyData& data);

}  // namespace saelaw
