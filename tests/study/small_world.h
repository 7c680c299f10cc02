// A small sweep in a world with known laws of data and rate.
#pragma once

#include <algorithm>
#include <cmath>
#include <set>

#include "study/rounds/decision.h"

namespace saelaw::small_world {

// A world with known laws: L = 0.1 + 30·D^-0.5 at the best rate LR*(D) = 0.004·(D/65536)^-0.25,
// a parabola in ln lr around it, and a cliff at four times the best rate.
inline constexpr double kFloor = 0.1, kCoef = 30, kExponent = 0.5;

inline double BestRate(double tokens) { return 0.004 * std::pow(tokens / 65536, -0.25); }

inline KnownRun Measure(const RunSpec& spec, double cliff) {
  const auto tokens = static_cast<double>(spec.tokens);
  const double off = std::log(spec.training.lr / BestRate(tokens));
  KnownRun run;
  run.spec = spec;
  run.result.id = ComputeId(spec);
  run.result.tokens = spec.tokens;
  // A fixed small noise by seed, so that intervals are finite.
  const double noise =
      1 + 0.001 * (static_cast<double>((spec.seed * 7 + spec.tokens / 1024) % 5) - 2);
  run.result.final.loss =
      (kFloor + kCoef * std::pow(tokens, -kExponent)) * (1 + 0.02 * off * off) * noise;
  run.result.final.mse = run.result.final.fvu = 0.7 * run.result.final.loss;
  run.result.final.l0 = 20;
  run.outcome =
      spec.training.lr > cliff * BestRate(tokens) ? Outcome::kCollapsed : Outcome::kCompleted;
  return run;
}

inline Sweep SomeSweep() {
  Sweep sweep;
  sweep.name = "world";
  sweep.source.d_in = 64;
  sweep.source.identity = "world";
  sweep.sae.d_sae = 128;
  sweep.training.batch_tokens = 64;  // long runs: none is short
  sweep.loss_law = {0.002, {524288, 1048576, 2097152, 4194304}, {128}, 2};
  sweep.lr_law.tokens = sweep.loss_law.tokens;
  sweep.lr_law.seeds = 2;
  sweep.hold_out = {16777216, 1};
  sweep.target.tokens = 67108864;
  sweep.target.d_sae = 128;
  return sweep;
}

struct Finished {
  Knowledge knowledge;
  int rounds = 0;
};

inline Finished RunAll(const Sweep& sweep, double cliff, std::size_t at_a_time) {
  Finished finished;
  for (; finished.rounds < 1000; ++finished.rounds) {
    const Plan plan = Decide(sweep, finished.knowledge).plan;
    if (plan.runs.empty()) break;
    for (std::size_t i = 0; i < std::min(at_a_time, plan.runs.size()); ++i) {
      finished.knowledge.runs.push_back(Measure(plan.runs[i].spec, cliff));
    }
  }
  return finished;
}

inline std::set<RunId> Ids(const Knowledge& knowledge) {
  std::set<RunId> ids;
  for (const KnownRun& run : knowledge.runs) ids.insert(run.result.id);
  return ids;
}

}  // namespace saelaw::small_world
