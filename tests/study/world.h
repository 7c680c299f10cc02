// Worlds with known laws, in which tests run whole studies without training.
#pragma once

#include <cmath>
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "study/rounds/decision.h"

namespace saelaw {

// L = floor + coef_n·N^-exponent_n + coef_d·D^-exponent_d at the best rate LR* =
// lr_coef·(N/lr_n)^lr_exponent_n·(D/lr_d)^lr_exponent, a parabola in ln lr around it, normal noise
// of ln loss, and collapse above `cliff` times the best rate.
struct World {
  double floor = 0.2;
  double coef_n = 3, exponent_n = 0.4;
  double coef_d = 60, exponent_d = 0.4;
  double lr_coef = 3e-4, lr_exponent = -0.2, lr_exponent_n = -0.3;
  double lr_n = 4096, lr_d = 64e6;
  double curvature = 0.03;
  double cliff = 6;
  double noise = 0.002;
  unsigned draw = 0;  // of the noise

  double BestLoss(double n, double d) const {
    return floor + coef_n * std::pow(n, -exponent_n) + coef_d * std::pow(d, -exponent_d);
  }
  double BestRate(double n, double d) const {
    return lr_coef * std::pow(n / lr_n, lr_exponent_n) * std::pow(d / lr_d, lr_exponent);
  }

  // The same run always has the same noise.
  KnownRun Measure(const RunSpec& spec) const {
    KnownRun run;
    run.spec = spec;
    run.result.id = ComputeId(spec);
    run.result.tokens = spec.tokens;
    const auto n = static_cast<double>(spec.sae.d_sae);
    const auto d = static_cast<double>(spec.tokens);
    const double off = std::log(spec.training.lr / BestRate(n, d));
    std::mt19937_64 random(std::strtoull(run.result.id.c_str(), nullptr, 16) + draw);
    const double eps = std::normal_distribution<>(0, noise)(random);
    run.result.final.loss = BestLoss(n, d) * std::exp(curvature * off * off + eps);
    run.result.final.mse = 0.7 * run.result.final.loss;
    run.result.final.fvu = 0.75 * run.result.final.loss;
    run.result.final.l0 = 20 + 400 * run.result.final.loss;
    const bool failed = spec.training.lr > cliff * BestRate(n, d);
    run.outcome = failed ? Outcome::kCollapsed : Outcome::kCompleted;
    return run;
  }
};

// Everything that the sweep asks for, round by round.
inline Knowledge RunStudyIn(const World& world, const Sweep& sweep) {
  Knowledge knowledge;
  for (int round = 0; round < 100; ++round) {
    const Plan plan = Decide(sweep, knowledge).plan;
    if (plan.runs.empty()) break;
    for (const PlannedRun& run : plan.runs) knowledge.runs.push_back(world.Measure(run.spec));
  }
  return knowledge;
}

// The plan for Llama-3.2-1B as it stands in experiments/, on the data of a world.
inline Sweep LlamaPlan() {
  const ReadSweepResult read = ReadSweep(SAELAW_SOURCE_DIR "/experiments/llama-3.2-1b.yaml");
  EXPECT_TRUE(read.sweep);
  Sweep sweep = read.sweep.value_or(Sweep{});
  sweep.source.identity = "a world";
  return sweep;
}

}  // namespace saelaw
