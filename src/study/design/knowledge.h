// What is already known when the planner decides.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/run_result.h"
#include "core/run_spec.h"
#include "fit/fit.h"
#include "jobs/job.h"

namespace saelaw {

struct KnownRun {
  RunSpec spec;
  RunResult result;
  Outcome outcome = Outcome::kCompleted;
  std::string reason;   // why it is no completed run (fit/points/outcome.h)
  std::string advice;   // what to change then
  bool put_in = false;  // somebody trained it by itself and put it into this sweep
};

// What a law said of a run before the run began, as it was written down then.
struct PastPrediction {
  RunId run;
  double predicted = 0;  // loss
  Interval interval;     // unknown where the law had none
};

struct Knowledge {
  std::vector<KnownRun> runs;  // accepted results, of this sweep's data or any other
  // Likewise, of runs that somebody trained by itself and that no sweep has asked for yet. They
  // belong to no study but to one that asks for the very same run.
  std::vector<KnownRun> alone;
  std::optional<Measurement> measurement;   // of this sweep's source
  std::vector<PastPrediction> predictions;  // of this sweep's hold-out runs

  bool IsAlone(const RunId& id) const {
    return std::any_of(
        alone.begin(), alone.end(), [&](const KnownRun& run) { return run.result.id == id; });
  }
};

}  // namespace saelaw
