#include "core/trunk.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

RunSpec StableRun(std::int64_t steps) {
  RunSpec spec;
  spec.sae.d_sae = 64;
  spec.training.batch_tokens = 16;
  spec.training.schedule = Schedule::kWarmupStableDecay;
  spec.training.lr_warmup = {0, 160, true};
  spec.training.sparsity_warmup = {0, 320, true};
  spec.tokens = steps * spec.training.batch_tokens;
  return spec;
}

TEST(TrunkKey, IsThatOfAllLengthsAndOfNothingElse) {
  const RunSpec run = StableRun(100);
  EXPECT_FALSE(TrunkKey(run).empty());
  EXPECT_EQ(TrunkKey(run), TrunkKey(StableRun(200)));
  EXPECT_NE(ComputeId(run), ComputeId(StableRun(200)));
  RunSpec other = run;
  other.training.lr *= 2;
  EXPECT_NE(TrunkKey(other), TrunkKey(run));
  other = run;
  other.seed = 1;
  EXPECT_NE(TrunkKey(other), TrunkKey(run));
  other = run;
  other.stream_seed = 1;
  EXPECT_NE(TrunkKey(other), TrunkKey(run));
  other = run;
  other.training.decay_fraction = 0.1;
  EXPECT_NE(TrunkKey(other), TrunkKey(run));
}

TEST(TrunkKey, IsEmptyWhereARunsLengthShowsFromItsStart) {
  RunSpec run = StableRun(100);
  run.training.lr_warmup = {0.1, 0, false};
  EXPECT_EQ(TrunkKey(run), "");
  run = StableRun(100);
  run.training.sparsity_warmup = {0.1, 0, false};
  EXPECT_EQ(TrunkKey(run), "");
  run = StableRun(100);
  run.training.schedule = Schedule::kCosine;
  EXPECT_EQ(TrunkKey(run), "");
  run = StableRun(100);
  run.training.sparsity_warmup = {0, 0, false};  // no warm-up, as a share or in tokens
  EXPECT_NE(TrunkKey(run), "");
}

TEST(BranchStep, IsTheFirstWithALowerRate) {
  for (const double decay : {0.05, 0.1, 0.2, 0.3, 0.5, 1.0}) {
    for (std::int64_t steps = 1; steps <= 300; ++steps) {
      RunSpec run = StableRun(steps);
      run.training.decay_fraction = decay;
      run.training.lr_warmup = {0, 0, true};
      const std::int64_t branch = BranchStep(run);
      ASSERT_LE(branch, steps);
      for (std::int64_t step = 0; step < branch; ++step) ASSERT_EQ(StableDecay(run, step), 1);
      if (branch < steps) {
        ASSERT_LT(StableDecay(run, branch), 1);
      }
    }
  }
  EXPECT_EQ(BranchStep(StableRun(100)), 81);  // 20 % of 100 steps: step 80 still has 1
  EXPECT_EQ(BranchTokens(StableRun(100)), 81 * 16);
}

}  // namespace
}  // namespace saelaw
