#include "fit/compare/paired_line.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(FollowPairs, HasTheIntervalOfALineOfLeastSquares) {
  // By hand: the line 0.1 + 0.2 x, residuals ±0.1, so that s² = 4·0.01/2; at x = 4, which is 3 from
  // the mean 1, the variance is s² (1/4 + 9/4). t(0.975, 2) = 4.302653 (any table of Student's t).
  const PairedDifference at = FollowPairs({{0, 0.2}, {0, 0.0}, {2, 0.6}, {2, 0.4}}, 4, 0.95);
  EXPECT_NEAR(at.value, 0.9, 1e-12);
  EXPECT_NEAR(at.interval.hi - at.value, 4.302653 * std::sqrt(0.02 * 2.5), 1e-6);
  EXPECT_NEAR(at.value - at.interval.lo, 4.302653 * std::sqrt(0.02 * 2.5), 1e-6);
}

TEST(FollowPairs, IsSureOfPairsThatLieOnALine) {
  const PairedDifference at = FollowPairs({{0, 1}, {1, 2}, {2, 3}}, 10, 0.95);
  EXPECT_NEAR(at.value, 11, 1e-9);
  EXPECT_NEAR(at.interval.hi - at.interval.lo, 0, 1e-9);
}

}  // namespace
}  // namespace saelaw
