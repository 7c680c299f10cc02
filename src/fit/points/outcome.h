// What became of a run, judged from its measurements alone, so that it can be judged again at any
// time without training.
#pragma once

#include <string>
#include <string_view>

#include "core/run_result.h"

namespace saelaw {

// Stored names: do not change.
enum class Outcome { kCompleted, kDiverged, kCollapsed, kStopped, kOutOfMemory, kWorseThanMean };
// completed, diverged, collapsed, stopped, out-of-memory, worse-than-mean.
std::string_view Name(Outcome outcome);

struct JudgeRule {
  double largest_dead_fraction = 0.5;      // as DeadShare says
  double largest_loss_over_minimum = 1.1;  // last point of the curve over the curve's minimum
  double smallest_useless_fvu = 1;         // that of predicting the mean
};

struct Judgement {
  Outcome outcome = Outcome::kCompleted;
  std::string reason;  // "0.63 of the latents are dead (limit 0.5)"; empty when completed
  std::string advice;  // what to change, in the words of a sweep file; empty where nothing is known
};

// The share of latents that are dead. By the run's own dead_after_tokens, where it has one and
// trained for at least as long; else by the held-out tokens. There a silent latent may be a rare
// one: by Chao's estimate (Scandinavian Journal of Statistics 11, 1984) at least
// f1·(f1 - 1)/(2·(f2 + 1)) of the silent ones are alive, where f1 and f2 latents fired once and
// twice, and those are not counted.
struct DeadShare {
  double fraction = 0;
  std::string by;  // "for the last 65.5K tokens of training"
};
DeadShare CountDeadLatents(const RunResult& result);

// Only a kCompleted run is a point of a loss law.
Judgement Judge(const RunResult& result, const JudgeRule& rule = {});

}  // namespace saelaw
