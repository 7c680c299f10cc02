// A run that is wanted, why, and what it will cost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/run_spec.h"
#include "study/design/stage.h"
#include "study/design/why_asked.h"
#include "study/price/cost.h"

namespace saelaw {

struct PlannedRun {
  RunId id;
  RunSpec spec;
  Stage stage = Stage::kLossLaw;
  WhyAsked why{};
  std::string arm{};  // of a study that compares recipes: whose run it is
  Cost predicted;     // of the run alone, until ShareCosts
};

// What runs take together; of the memory the most that one of them takes.
struct RunsTotal {
  double seconds = 0, flops = 0, device_bytes = 0;
  std::int64_t tokens = 0;
};
RunsTotal AddUp(const std::vector<PlannedRun>& runs);

}  // namespace saelaw
