#include "fit/rates/valley_law.h"

#include <cmath>

#include <gtest/gtest.h>

#include "fit/fit_testing.h"
#include "fit/rates/valley_testing.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

TEST(FitValleyLaw, IsExactForExactValleys) {
  const ValleyLaw law = FitValleyLaw(testing::Valleys(4, {std::log(0.03)}));
  ASSERT_TRUE(law.ok()) << testing::Why(law);
  EXPECT_NEAR(law.OptimumAt({10}, 0.95).value, -4, 1e-6);
  EXPECT_NEAR(law.Slope(0, 0.95).value, -0.3, 1e-7);
  EXPECT_NEAR(law.Rise(1), 0.03, 1e-8);
  EXPECT_FALSE(law.scatters);
}

TEST(FitValleyLaw, DescribesEachGroup) {
  const ValleyLaw law = FitValleyLaw(testing::Valleys(4, {std::log(0.03)}, 0.001));
  ASSERT_EQ(law.optima.size(), 4u);
  EXPECT_NEAR(law.optima[3].log_rate, -1.9, 0.1);
  EXPECT_NEAR(law.optima[3].bottom, 2.1, 0.002);
  EXPECT_NEAR(law.optima[3].curvature, 0.03, 0.005);
  EXPECT_GT(law.optima[3].sd, 0.001);
  EXPECT_EQ(law.optima[3].runs, 5);
}

// Optima half a ln unit off the line, with valleys that tell them to a hundredth.
TEST(FitValleyLaw, TakesOptimaThatScatterAsPoints) {
  ValleyData data = testing::Valleys(6, {std::log(0.1)}, 0.0005);
  for (std::size_t g = 0; g < 6; ++g) {
    for (ValleyRun& run : data.groups[g].runs) run.x += g % 2 == 0 ? 0.25 : -0.25;
    data.groups[g].centre += g % 2 == 0 ? 0.25 : -0.25;
  }
  const ValleyLaw law = FitValleyLaw(data);
  ASSERT_TRUE(law.ok());
  EXPECT_TRUE(law.scatters);
  EXPECT_GT(law.scatter_ratio, 5);
  EXPECT_NEAR(law.scatter, 0.27, 0.1);
  const ValleyEstimate estimate = law.OptimumAt({2.5}, 0.95);
  EXPECT_TRUE(testing::Contains(estimate.interval, -1.75));
  EXPECT_GT(estimate.interval.hi - estimate.interval.lo, 0.3);
}

TEST(FitValleyLaw, RefusesWithoutAValley) {
  ValleyData hills = testing::Valleys(3, {std::log(0.03)});
  for (ValleyGroup& group : hills.groups) {
    for (ValleyRun& run : group.runs) run.y = -run.y;
  }
  EXPECT_EQ(testing::Why(FitValleyLaw(hills)), "no-valley");
}

TEST(FitValleysAlone, HasOptimaWithoutALine) {
  const ValleyLaw law = FitValleysAlone(testing::Valleys(1, {std::log(0.03)}, 0.001));
  ASSERT_TRUE(law.ok()) << testing::Why(law);
  EXPECT_NEAR(law.optima[0].log_rate, -1, 0.1);
}

}  // namespace
}  // namespace saelaw
