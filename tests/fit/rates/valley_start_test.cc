#include "fit/rates/valley_start.h"

#include <cmath>

#include <gtest/gtest.h>

#include "fit/rates/valley_testing.h"

namespace saelaw {
namespace {

TEST(StartOfValleys, IsExactForParabolas) {
  const ValleyStart start = StartOfValleys(testing::Valleys(3, {std::log(0.03)}));
  ASSERT_TRUE(start.ok);
  EXPECT_NEAR(std::exp(start.log_curvature), 0.03, 1e-12);
  EXPECT_NEAR(start.optima[2], -1.6, 1e-9);
  EXPECT_NEAR(start.noise, 0, 1e-9);
}

// The noise is measured about the parabolas: 60 runs less 12 levels, 12 slopes and
// a curvature.
TEST(StartOfValleys, MeasuresTheNoise) {
  const ValleyStart start = StartOfValleys(testing::Valleys(12, {std::log(0.03)}, 0.002));
  ASSERT_TRUE(start.ok);
  EXPECT_NEAR(start.noise, 0.002, 0.0006);
}

TEST(StartOfValleys, RefusesHills) {
  ValleyData hills = testing::Valleys(3, {std::log(0.03)});
  for (ValleyGroup& group : hills.groups) {
    for (ValleyRun& run : group.runs) run.y = -run.y;
  }
  EXPECT_FALSE(StartOfValleys(hills).ok);
  EXPECT_FALSE(StartOfValleys({}).ok);
}

}  // namespace
}  // namespace saelaw
