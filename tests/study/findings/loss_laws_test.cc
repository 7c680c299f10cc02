#include "study/findings/loss_laws.h"

#include <gtest/gtest.h>

#include "study/small_world.h"

namespace saelaw {
namespace {

using namespace small_world;  // NOLINT: the world of these tests

FoundLossLaws Found(const Sweep& sweep, const Knowledge& knowledge) {
  const StudyPoints points = SortRuns(sweep, knowledge);
  const RateLaws rates = FindRateLaws(sweep, points, StudyDepth::kLaws);
  return FindLossLaws(sweep, points, rates, StudyDepth::kLaws);
}

// The hold-out trains at the advised rate, so that it is a point of the law at the best rates and
// none of the law at the sweep's own.
TEST(FindLossLaws, TakesAMeasuredHoldOutForAPointAfterItWasPredicted) {
  const Sweep sweep = SomeSweep();
  const FoundLossLaws found = Found(sweep, RunAll(sweep, 4, 1000).knowledge);
  EXPECT_EQ(found.before.fitted_tokens, 4194304);
  EXPECT_EQ(found.now.fitted_tokens, 16777216);
  EXPECT_EQ(found.now.at_best_rates.fit.n_points, found.before.at_best_rates.fit.n_points + 1);
  EXPECT_EQ(found.now.at_one_rate.points.size(), found.before.at_one_rate.points.size());
  EXPECT_EQ(found.now.at_one_rate.fit.Predict({.tokens = 1e8}).value,
            found.before.at_one_rate.fit.Predict({.tokens = 1e8}).value);
}

TEST(FindLossLaws, TakesAHoldOutAtTheSweepsRateForAPointOfThatLaw) {
  Sweep sweep = SomeSweep();
  sweep.lr_law.tokens.clear();
  const FoundLossLaws found = Found(sweep, RunAll(sweep, 4, 1000).knowledge);
  EXPECT_EQ(found.now.at_one_rate.fit.n_points, found.before.at_one_rate.fit.n_points + 1);
}

TEST(FindLossLaws, FindsPartsOfTheLawsThatAdviseAlone) {
  const Sweep sweep = SomeSweep();
  const FoundLossLaws found = Found(sweep, RunAll(sweep, 4, 1000).knowledge);
  EXPECT_TRUE(found.now.mse.ok());
  EXPECT_EQ(found.before.mse.n_points, 0);
}

}  // namespace
}  // namespace saelaw
