#include "train/schedule.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/trunk.h"

namespace saelaw {
namespace {

RunSpec HundredSteps() {
  RunSpec spec;
  spec.training.batch_tokens = 10;
  spec.tokens = 1000;
  spec.training.lr_warmup = {0.2, 0, false};
  spec.training.lr_warmup_start = 0.1;
  return spec;
}

TEST(LrFactor, WarmsUpAlongACosine) {
  const RunSpec spec = HundredSteps();
  EXPECT_DOUBLE_EQ(LrFactor(spec, 0), 0.1);
  EXPECT_NEAR(LrFactor(spec, 10), 0.55, 1e-12);
  EXPECT_NEAR(LrFactor(spec, 5), 0.1 + 0.9 * (1 - std::sqrt(0.5)) / 2, 1e-12);
  EXPECT_DOUBLE_EQ(LrFactor(spec, 20), 1);
}

TEST(ResamplesAt, FollowsItsStretches) {
  RunSpec spec = HundredSteps();
  const auto steps = [&] {
    std::vector<std::int64_t> found;
    for (std::int64_t step = 0; step < spec.steps(); ++step) {
      if (ResamplesAt(spec, step)) found.push_back(step);
    }
    return found;
  };
  EXPECT_TRUE(steps().empty());
  spec.training.dead_latents = DeadLatents::kResample;
  EXPECT_EQ(steps(), (std::vector<std::int64_t>{10, 20, 30, 40, 50}));
  // Tokens that are no whole batches: at the first step after them.
  spec.training.resample_every = {0, 305, true};
  spec.training.resample_until = {0, 1000, true};
  EXPECT_EQ(steps(), (std::vector<std::int64_t>{31, 61, 92}));
  spec.training.resample_until = {0, 0, true};
  EXPECT_TRUE(steps().empty());
}

TEST(LrFactor, CosineReachesZeroAtTheEnd) {
  const RunSpec spec = HundredSteps();
  EXPECT_NEAR(LrFactor(spec, 60), 0.5, 1e-12);
  EXPECT_NEAR(LrFactor(spec, 100), 0, 1e-12);
  EXPECT_GT(LrFactor(spec, 99), 0);
}

TEST(LrFactor, ConstantStaysAtOne) {
  RunSpec spec = HundredSteps();
  spec.training.schedule = Schedule::kConstant;
  EXPECT_EQ(LrFactor(spec, 20), 1);
  EXPECT_EQ(LrFactor(spec, 99), 1);
}

TEST(LrFactor, StableThenLinearDecay) {
  RunSpec spec = HundredSteps();
  spec.training.schedule = Schedule::kWarmupStableDecay;
  spec.training.decay_fraction = 0.2;
  EXPECT_EQ(LrFactor(spec, 80), 1);
  EXPECT_NEAR(LrFactor(spec, 90), 0.5, 1e-12);
  EXPECT_NEAR(LrFactor(spec, 99), 0.05, 1e-12);
}

TEST(LrFactor, WarmupInTokensDoesNotDependOnTheRunsLength) {
  RunSpec spec = HundredSteps();
  spec.training.schedule = Schedule::kWarmupStableDecay;
  spec.training.lr_warmup = {0, 200, true};
  const double of_short = LrFactor(spec, 7);
  spec.tokens = 8000;
  EXPECT_EQ(LrFactor(spec, 7), of_short);
}

// What a trunk rests on: up to its branch a run has the rates of any longer one, to the last bit.
TEST(LrFactor, IsThatOfALongerRunUpToTheBranch) {
  RunSpec spec = HundredSteps();
  spec.training.schedule = Schedule::kWarmupStableDecay;
  spec.training.lr_warmup = {0, 205, true};
  spec.training.sparsity_warmup = {0, 335, true};
  RunSpec longer = spec;
  longer.tokens = 4000;
  ASSERT_EQ(TrunkKey(spec), TrunkKey(longer));
  const std::int64_t branch = BranchStep(spec);
  for (std::int64_t step = 0; step < branch; ++step) {
    EXPECT_EQ(LrFactor(spec, step), LrFactor(longer, step));
    EXPECT_EQ(SparsityCoefficientAt(spec, step), SparsityCoefficientAt(longer, step));
  }
  EXPECT_LT(LrFactor(spec, branch), LrFactor(longer, branch));
}

TEST(SparsityCoefficientAt, RisesLinearlyFromZero) {
  RunSpec spec = HundredSteps();
  spec.training.sparsity_coefficient = 0.4;
  spec.training.sparsity_warmup = {0.1, 0, false};
  EXPECT_EQ(SparsityCoefficientAt(spec, 0), 0);
  EXPECT_DOUBLE_EQ(SparsityCoefficientAt(spec, 5), 0.2);
  EXPECT_EQ(SparsityCoefficientAt(spec, 10), 0.4);
  EXPECT_EQ(SparsityCoefficientAt(spec, 99), 0.4);
}

TEST(SparsityCoefficientAt, WithoutWarmupIsFinalAtOnce) {
  RunSpec spec = HundredSteps();
  spec.training.sparsity_warmup = {0, 0, false};
  EXPECT_EQ(SparsityCoefficientAt(spec, 0), spec.training.sparsity_coefficient);
}

TEST(EvaluationStep, IsEvenlySpacedAndEndsWithTheRun) {
  EXPECT_EQ(EvaluationStep(100, 0, 8), 12);
  EXPECT_EQ(EvaluationStep(100, 7, 8), 100);
}

}  // namespace
}  // namespace saelaw
