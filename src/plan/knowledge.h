// What is already known when the planner decides.
#pragma once

#include <optional>
#include <vector>

#include "fit/outcome.h"
#include "run/job.h"
#include "run/run_result.h"
#include "run/run_spec.h"

namespace saelaw {

struct KnownRun {
  RunSpec spec;
  RunResult result;
  Outcome outcome = Outcome::kCompleted;
};

struct Knowledge {
  std::vector<KnownRun> runs;              // accepted results, of this sweep's data or any other
  std::optional<Measurement> measurement;  // of this sweep's source
};

}  // namespace saelaw
