// A run that is wanted, why, and what it will cost.
#pragma once

#include <string>

#include "core/run_spec.h"
#include "study/design/stage.h"
#include "study/price/cost.h"

namespace saelaw {

struct PlannedRun {
  RunId id;
  RunSpec spec;
  Stage stage = Stage::kLossLaw;
  std::string
      reason;  // "grid around 0.004", "widened: best rate on the grid's edge", "bisects the cliff"
  Cost predicted;  // of the run alone, until ShareCosts
};

}  // namespace saelaw
