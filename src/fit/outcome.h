// What became of a run, judged from its measurements alone, so that it can be judged again at any
// time without training.
#pragma once

#include <string>
#include <string_view>

#include "run/run_result.h"

namespace saelaw {

// Raised when the rule below changes what it says of some result.
inline constexpr int kJudgeVersion = 1;

// Stored names: do not change.
enum class Outcome { kCompleted, kDiverged, kCollapsed, kStopped, kOutOfMemory };
std::string_view Name(Outcome outcome);  // completed, diverged, collapsed, stopped, out-of-memory

struct JudgeRule {
  double largest_dead_fraction = 0.5;      // of the final evaluation
  double largest_loss_over_minimum = 1.1;  // last point of the curve over the curve's minimum
};

struct Judgement {
  Outcome outcome = Outcome::kCompleted;
  std::string reason;  // "0.63 of the latents are dead (limit 0.5)"; empty when completed
};

// Only a kCompleted run is a point of a loss law.
Judgement Judge(const RunResult& result, const JudgeRule& rule = {});

}  // namespace saelaw
