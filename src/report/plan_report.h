// What `saelaw plan` shows: the next runs, what they cost, and what the target costs.
#pragma once

#include <optional>
#include <string>

#include "study/price/cost.h"
#include "study/rounds/expected_interval.h"
#include "study/rounds/plan.h"

namespace saelaw {

struct PlanReport {
  std::string sweep;
  bool demonstration = false;
  Plan plan;
  int known_runs = 0;  // of this sweep, measured already
  // Of the runs together on this machine, where gangs and workers are counted; unknown: the plain
  // sum of the runs' seconds is all that can be said.
  std::optional<double> wall_seconds;
  // The 95 % interval of the target's loss, once these runs are known.
  std::optional<ExpectedInterval> expected_interval;
  std::optional<TargetPrice> target;
  std::int64_t target_d_sae = 0;
  std::optional<TokenDerivation> derivation;  // of the target's tokens
};

}  // namespace saelaw
