#include "fit/compare/scales.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "fit/compare/compare_testing.h"
#include "fit/fit_testing.h"

namespace saelaw {
namespace {

TEST(ByScale, GroupsReplicatesAscending) {
  std::vector<Point> points = testing::Sweep(testing::Floored, 0.01);
  std::reverse(points.begin(), points.end());
  const Scales scales = ByScale(points);
  ASSERT_EQ(scales.size(), 6U);
  for (const auto& scale : scales) EXPECT_EQ(scale.size(), 3U);
  EXPECT_EQ(scales.front().front().tokens, 1e6);
  EXPECT_EQ(FirstScales(scales, 2).size(), 6U);
  EXPECT_EQ(FirstScales(scales, 2).back().tokens, 2e6);
}

// Every scale is a stretch of points whose product of tokens and params is larger than all before.
TEST(ByScale, JoinsManyScalesToStretches) {
  const Scales scales = ByScale(testing::SizePoints("kyo_chinchilla_234.csv", 1, 2, 3));
  ASSERT_EQ(scales.size(), 6U);
  std::size_t count = 0;
  for (std::size_t i = 0; i < scales.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(scales[i].size()), 39, 1);
    count += scales[i].size();
    if (i == 0) continue;
    const Point& last = scales[i - 1].back();
    const Point& first = scales[i].front();
    EXPECT_GT(first.tokens * first.params, last.tokens * last.params);
  }
  EXPECT_EQ(count, 234U);
}

TEST(ByScale, GoesByComputeWhereThatIsAll) {
  std::vector<Point> points = testing::Sweep(testing::Floored, 0.01);
  for (Point& point : points) {
    point.compute = 1e12 * point.tokens;
    point.tokens = std::nan("");
  }
  EXPECT_EQ(ByScale(points).size(), 6U);
}

}  // namespace
}  // namespace saelaw
