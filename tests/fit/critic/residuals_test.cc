#include "fit/critic/residuals.h"

#include <gtest/gtest.h>

#include "fit/fit_testing.h"

namespace saelaw {
namespace {

// By hand: without the smallest two, the median of 3, 5, 8 and 9 is the upper of 5 and 8.
TEST(MedianSize, LeavesOutWhatALawGoesThrough) {
  EXPECT_DOUBLE_EQ(MedianSize({-5, 0, 8, 0.1, 9, -3}, 2), 8);
  EXPECT_DOUBLE_EQ(MedianSize({-5, 1, 8}, 0), 5);
}

// Eight sizes of eight runs off the law by ±1 %, at the smallest size by ±4 %.
TEST(FindResiduals, KnowsWhereTheNoiseIsLarge) {
  std::vector<Point> points;
  for (int i = 0; i < 64; ++i) {
    Point point = testing::At(1e6 * std::pow(2, i / 8));
    point.seed = i;  // no row repeats another
    const double sign = i % 2 == 0 ? 1 : -1;
    point.loss = 3 * std::pow(point.tokens, -0.2) * std::exp(sign * (i < 8 ? 0.04 : 0.01));
    points.push_back(point);
  }
  FitOptions options;
  options.interval_method = IntervalMethod::kNone;
  const Residuals residuals = FindResiduals(FitLaw("power", points, options), points);
  EXPECT_NEAR(residuals.local.back(), kNormalMedian * 0.01, 0.002);
  EXPECT_NEAR(residuals.local.front(), kNormalMedian * 0.04, 0.006);
}

}  // namespace
}  // namespace saelaw
