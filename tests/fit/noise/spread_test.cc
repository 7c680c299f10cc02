#include "fit/noise/spread.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "fit/fit_testing.h"

namespace saelaw {
namespace {

// 240 points on a grid of 12 by 20 values; the residual of each by its place.
template <typename Function>
Spread Found(Function residual) {
  Sample sample;
  sample.variables = 2;
  Vector residuals;
  Random random(7);
  for (int i = 0; i < 240; ++i) {
    sample.x.insert(sample.x.end(), {i % 12 / 11.0, i / 12 / 19.0});
    sample.y.push_back(0);
    residuals.push_back(residual(i % 12 / 11.0, i / 12 / 19.0) * random.Normal());
  }
  return FindSpread(sample, residuals);
}

TEST(FindSpread, SeesAlongWhatTheNoiseGrows) {
  const Spread spread = Found([](double, double d) { return d < 1.0 / 6 ? 3.0 : 1.0; });
  ASSERT_TRUE(spread.known());
  EXPECT_EQ(spread.variable, 1);
  // Three against one; the mean square of all is (40·9 + 200)/240, and windows blur the edge.
  EXPECT_NEAR(spread.relative.front(), 3 / std::sqrt(560 / 240.0), 0.35);
  EXPECT_NEAR(spread.relative.back(), 1 / std::sqrt(560 / 240.0), 0.1);
  EXPECT_EQ(Found([](double n, double) { return 3 - 2 * n; }).variable, 0);
  EXPECT_EQ(Found([](double n, double d) { return n + d < 0.5 ? 4.0 : 1.0; }).variable, 2);
}

// Even noise, one gross error in it, no noise at all, and too few points for a word.
TEST(FindSpread, LeavesEvenNoiseAlone) {
  EXPECT_FALSE(Found([](double, double) { return 1.0; }).known());
  EXPECT_FALSE(Found([](double n, double d) { return n == 1 && d == 1 ? 1e4 : 1.0; }).known());
  EXPECT_FALSE(Found([](double, double) { return 0.0; }).known());
}

}  // namespace
}  // namespace saelaw
