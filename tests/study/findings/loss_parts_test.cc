#include "study/findings/loss_parts.h"

#include <cmath>

#include <gtest/gtest.h>

#include "study/findings/findings.h"
#include "study/small_world.h"

namespace saelaw {
namespace {

using namespace small_world;  // NOLINT: the world of these tests

TEST(SplitLoss, AddsUpToTheLoss) {
  const Sweep sweep = SomeSweep();
  const Findings findings = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  const PredictedParts parts = SplitLoss(findings.parts, {0.11, {0.1, 0.12}});
  EXPECT_NEAR(parts.mse.value + parts.penalty.value, 0.11, 1e-15);
  // In this world the penalty is 30 % of every loss, and FVU is mse.
  EXPECT_NEAR(parts.mse.value, 0.077, 1e-9);
  EXPECT_NEAR(parts.fvu.value, parts.mse.value, 1e-9);
  // The line has no error here, so the interval is the loss's own.
  EXPECT_NEAR(parts.mse.interval.lo, 0.07, 1e-6);
  EXPECT_NEAR(parts.mse.interval.hi, 0.084, 1e-6);
  EXPECT_NEAR(parts.l0.value, 20, 1e-6);
  EXPECT_FALSE(parts.loss_recovered.known());
}

TEST(SplitLoss, SaysNothingWithoutALossOrParts) {
  const Sweep sweep = SomeSweep();
  const Findings findings = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  EXPECT_FALSE(SplitLoss(findings.parts, {}).mse.known());
  EXPECT_FALSE(SplitLoss({}, {0.11, {0.1, 0.12}}).mse.known());
  EXPECT_FALSE(SplitLoss(findings.parts, {0.11, {}}).mse.interval.known());
}

TEST(SplitLoss, WithoutAPenaltyIsMseAlone) {
  LossParts parts;
  parts.no_penalty = true;
  const PredictedParts predicted = SplitLoss(parts, {0.5, {0.4, 0.6}});
  EXPECT_EQ(predicted.mse.value, 0.5);
  EXPECT_EQ(predicted.mse.interval.hi, 0.6);
  EXPECT_EQ(predicted.penalty.value, 0);
}

// L0 is the penalty over its coefficient wherever the penalty is that.
TEST(FindLossParts, TakesL0FromThePenalty) {
  Sweep sweep = SomeSweep();
  sweep.training.sparsity_coefficient = 2e-3;
  Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  for (KnownRun& run : knowledge.runs) {
    run.result.final.l0 = (run.result.final.loss - run.result.final.mse) / 2e-3;
  }
  const LossParts parts = Study(sweep, knowledge).parts;
  EXPECT_NEAR(parts.l0_over_penalty, 500, 1e-6);
  EXPECT_NEAR(SplitLoss(parts, {0.1, {}}).l0.value, 15, 1e-6);
}

}  // namespace
}  // namespace saelaw
