#include "study/advice/recommendation.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "fit/refusal_testing.h"
#include "study/small_world.h"

namespace saelaw {
namespace {

using namespace small_world;  // NOLINT: the world of these tests

TEST(Recommend, AdvisesTheOptimumOfTheWorld) {
  const Sweep sweep = SomeSweep();
  const Recommendation advice =
      Recommend(sweep, Study(sweep, RunAll(sweep, 100, 1000).knowledge), false);
  EXPECT_EQ(advice.lr_basis, LrBasis::kOptimum);
  EXPECT_NEAR(std::log(advice.lr / BestRate(67108864)), 0, 0.2);
  EXPECT_FALSE(advice.refused);
  EXPECT_EQ(advice.alternatives.size(), 4u);
  EXPECT_EQ(advice.extrapolation_factor, 4);  // of the hold-out, which is a point of the law
}

TEST(Recommend, GivesNoIntervalForAnUnsweptDifference) {
  Sweep sweep = SomeSweep();
  sweep.target.d_sae = 256;
  const Recommendation advice =
      Recommend(sweep, Study(sweep, RunAll(sweep, 4, 1000).knowledge), false);
  EXPECT_FALSE(advice.loss.interval.known());
  EXPECT_FALSE(advice.lr_interval.known());
  EXPECT_FALSE(advice.lr_max.interval.known());
  EXPECT_FALSE(advice.lr_surface.interval.known());
  EXPECT_TRUE(std::isnan(advice.lr_regret));
  ASSERT_FALSE(advice.warnings.empty());
  const auto* field = std::get_if<warning::NotCarriedOver>(&advice.warnings.front());
  ASSERT_NE(field, nullptr);
  EXPECT_EQ(field->transfer.of, TransferOf::kLossSize);
}

TEST(Recommend, GivesNoIntervalForAnotherBatch) {
  Sweep sweep = SomeSweep();
  const Knowledge knowledge = RunAll(sweep, 100, 1000).knowledge;
  EXPECT_TRUE(Recommend(sweep, Study(sweep, knowledge), false).lr_interval.known());
  sweep.target.batch_tokens = 128;
  const Recommendation advice = Recommend(sweep, Study(sweep, knowledge), false);
  EXPECT_FALSE(advice.loss.interval.known());
  EXPECT_FALSE(advice.lr_interval.known());
  EXPECT_FALSE(advice.lr_max.interval.known());
  EXPECT_FALSE(advice.lr_surface.interval.known());
  EXPECT_EQ(advice.lr_bound, 0);
}

TEST(Recommend, RefusesAThousandfoldExtrapolation) {
  Sweep sweep = SomeSweep();
  sweep.target.tokens = 4194304LL * 1001;
  const Findings findings = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  const Recommendation refused = Recommend(sweep, findings, false);
  EXPECT_TRUE(refused.refused);
  // What is refused is not printed all the same.
  EXPECT_EQ(refused.lr, 0);
  EXPECT_FALSE(refused.lr_interval.known());
  EXPECT_TRUE(std::isnan(refused.loss.value));
  EXPECT_TRUE(std::isnan(refused.alternatives.back().loss.value));
  const Recommendation forced = Recommend(sweep, findings, true);
  EXPECT_FALSE(forced.refused);
  EXPECT_GT(forced.lr, 0);
  EXPECT_GT(forced.loss.value, 0);
}

// The loss law's runs are long, those of the learning rate all short.
TEST(Recommend, RefusesARateFromShortRunsAlone) {
  Sweep sweep = SomeSweep();
  const Findings both = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  EXPECT_FALSE(both.rates.all_short);
  sweep.lr_law.tokens = {65536, 131072, 262144};
  Findings findings = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  ASSERT_TRUE(findings.rates.best.ok()) << testing::Why(findings.rates.best.law);
  EXPECT_TRUE(findings.rates.all_short);
  findings.loss.all_short = false;  // as where the loss is predicted by long runs
  EXPECT_TRUE(Recommend(sweep, findings, false).refused);
  EXPECT_FALSE(Recommend(sweep, findings, true).refused);
}

}  // namespace
}  // namespace saelaw
