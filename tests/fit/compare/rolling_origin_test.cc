#include "fit/compare/rolling_origin.h"

#include <gtest/gtest.h>

#include "fit/compare/compare_testing.h"
#include "fit/fit_testing.h"
#include "fit/laws/loss_laws.h"

namespace saelaw {
namespace {

TEST(RollOrigin, PredictsEveryLargerScaleFromTheSmallerOnes) {
  const auto points = testing::Sweep(testing::Floored, 0.003);
  const auto rolled = RollOrigin(RequireLossLaw("data"), ByScale(points), {});
  // Origins of 3, 4 and 5 scales with 3, 2 and 1 larger ones.
  ASSERT_EQ(rolled.size(), 6U);
  EXPECT_EQ(rolled.front().origin, 3U);
  EXPECT_TRUE(rolled.front().next());
  EXPECT_FALSE(rolled[1].next());
  // The error of the last one is that of the law that FitLaw makes of the first five scales.
  const LawFit fit = FitLaw("data", FirstScales(ByScale(points), 5), {});
  double error = 0;
  for (std::size_t i = 15; i < 18; ++i) {
    error += std::log(points[i].loss / fit.Predict(points[i]).value) / 3;
  }
  EXPECT_NEAR(rolled.back().error, error, 1e-9);
  EXPECT_NEAR(rolled.back().tokens, 32e6, 1);
  EXPECT_EQ(rolled.back().points, 3);
  EXPECT_GT(rolled.back().fall, 0);
}

// Errors over their sds are those of a standard normal, roughly: 100 sweeps, the last pair.
TEST(RollOrigin, KnowsHowLargeItsErrorsShouldBe) {
  double square = 0;
  int inside = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto points = testing::Sweep(testing::Floored, 0.005, seed);
    const RolledScale last = RollOrigin(RequireLossLaw("data"), ByScale(points), {}).back();
    square += std::pow(last.error / last.sd, 2) / 100;
    inside += last.inside ? 1 : 0;
  }
  EXPECT_NEAR(std::sqrt(square), 1.1, 0.2);
  EXPECT_GE(inside, 90);
}

TEST(RollOrigin, SaysNothingOfThreeScales) {
  const auto points = testing::Sweep(testing::Floored, 0.003, 1, 3);
  EXPECT_TRUE(RollOrigin(RequireLossLaw("data"), ByScale(points), {}).empty());
  EXPECT_TRUE(std::isnan(OneStepError({})));
}

}  // namespace
}  // namespace saelaw
