#include "study/arms/arms_comparison.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr double kTarget = 1e6;

// A recipe whose ln FVU is -0.1 ln D, plus `offset` and `slope` ln D and what each stream does.
struct World {
  Arms arms;
  std::vector<Findings> findings;
  std::vector<Recommendation> advice;

  void Add(const std::string& recipe,
           double l0,
           double offset,
           double slope,
           double noise = 0,
           double target_l0 = 32) {
    Arm arm{recipe, target_l0, {}};
    arm.sweep.target.tokens = static_cast<std::int64_t>(kTarget);
    arm.sweep.target.d_sae = 64;
    Findings found;
    for (const int size : {0, 1, 2}) {
      for (const std::uint64_t seed : {0, 1}) {
        StudyRun run;
        run.tokens = 1000LL << (2 * size);
        run.d_sae = 64;
        run.lr = 1e-3;
        run.seed = seed;
        // The streams differ by far more than the recipes do.
        const double stream = seed == 0 ? 0.3 : -0.2;
        const double own = noise * ((size + static_cast<int>(seed)) % 2 == 0 ? 1 : -1);
        const double log_tokens = std::log(static_cast<double>(run.tokens));
        run.final.fvu = std::exp(-0.1 * log_tokens + offset + slope * log_tokens + stream + own);
        run.final.loss = run.final.fvu;
        run.final.l0 = l0;
        run.wall_seconds = 2;
        found.runs.push_back(run);
      }
    }
    arms.list.push_back(arm);
    findings.push_back(std::move(found));
    advice.emplace_back();
  }
  ArmsComparison Compare() const {
    std::vector<ArmAnswer> answers;
    for (std::size_t i = 0; i < findings.size(); ++i) {
      answers.push_back({arms.list[i], findings[i], advice[i]});
    }
    return CompareArms("world", answers);
  }
};

TEST(CompareArms, TakesTheStreamsOutByPairsAndFollowsTheLineToTheTarget) {
  World world;
  world.Add("a", 32, 0, 0);
  world.Add("b", 32, 0.05, -0.01);
  const ArmsComparison found = world.Compare();
  ASSERT_EQ(found.differences.size(), 1u);
  const ArmDifference& one = found.differences[0];
  EXPECT_NEAR(one.log_ratio.value, -0.05 + 0.01 * std::log(kTarget), 1e-9);
  EXPECT_NEAR(one.log_ratio.interval.hi - one.log_ratio.interval.lo, 0, 1e-9);
  EXPECT_TRUE(one.decided());
  ASSERT_EQ(one.sizes.size(), 3u);
  EXPECT_EQ(one.sizes[0].pairs, 2);
  EXPECT_NEAR(one.sizes[0].error, 0, 1e-9);
  EXPECT_NEAR(found.arms[0].seconds_per_token, 12.0 / (2 * 21000), 1e-12);
}

TEST(CompareArms, LeavesOpenWhatTheNoiseHides) {
  World world;
  world.Add("a", 32, 0, 0, 0.02);
  world.Add("b", 32, 0.001, 0);
  const ArmsComparison found = world.Compare();
  EXPECT_FALSE(found.differences[0].decided());
  EXPECT_LT(found.differences[0].log_ratio.interval.lo, 0);
  EXPECT_GT(found.differences[0].log_ratio.interval.hi, 0);
}

TEST(CompareArms, SaysNothingOfRecipesAtDifferentSparsity) {
  World world;
  world.Add("a", 32, 0, 0);
  world.Add("b", 40, -0.1, 0);
  const ArmsComparison found = world.Compare();
  EXPECT_FALSE(found.differences[0].same_sparsity());
  EXPECT_FALSE(found.differences[0].decided());
}

TEST(CompareArms, BringsBothToTheTargetAlongTheirOwnFrontiers) {
  // ln FVU falls by 0.5 ln L0: the recipes are the same one, of which b misses its target by 20 %.
  World world;
  world.Add("a", 32, -0.5 * std::log(32), 0);
  world.Add("a", 64, -0.5 * std::log(64), 0, 0, 64);
  world.Add("b", 38.4, -0.5 * std::log(38.4), 0);
  world.Add("b", 64, -0.5 * std::log(64), 0, 0, 64);
  const ArmsComparison found = world.Compare();
  ASSERT_EQ(found.differences.size(), 2u);
  EXPECT_TRUE(found.differences[0].same_sparsity());
  EXPECT_NEAR(found.differences[0].log_ratio.value, 0, 1e-9);
}

TEST(CompareArms, NeedsTwoSizesToSpeakOfTheTarget) {
  World world;
  world.Add("a", 32, 0, 0);
  world.Add("b", 32, 0.1, 0);
  for (Findings& one : world.findings) one.runs.resize(2);
  const ArmsComparison found = world.Compare();
  EXPECT_FALSE(found.differences[0].log_ratio.known());
  EXPECT_EQ(found.differences[0].sizes.size(), 1u);
}

}  // namespace
}  // namespace saelaw
