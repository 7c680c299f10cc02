#include "fit/compare/scales.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "fit/compare/compare_testing.h"
#include "fit/fit_testing.h"
#include "fit/laws/loss_laws.h"

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

TEST(FindScale, IsWhatALawHasInPlaceOfTokens) {
  EXPECT_EQ(FindScale(RequireLossLaw("size-data")), Variable::kTokens);
  EXPECT_EQ(FindScale(RequireLossLaw("loss-compute")), Variable::kCompute);
}

// By hand: values 1 to 13 make six stretches of two or three, and 1 to 12 are a scale each.
TEST(ByScale, MakesStretchesOfManyValuesOfOneVariable) {
  std::vector<Point> points;
  for (int i = 12; i >= 1; --i) points.push_back(testing::At(i));
  EXPECT_EQ(ByScale(points, Variable::kTokens).size(), 12u);
  points.push_back(testing::At(13));
  const Scales scales = ByScale(points, Variable::kTokens);
  ASSERT_EQ(scales.size(), 6u);
  EXPECT_EQ(scales.front().size(), 3u);
  EXPECT_EQ(scales.back().back().tokens, 13);
}

// A scale that is left out must leave none of its runs to the law that predicts it.
TEST(ByScale, NeverSplitsAValue) {
  std::vector<Point> points(5, testing::At(1 + 1e-12));
  for (int i = 1; i <= 13; ++i) points.push_back(testing::At(i));
  const Scales scales = ByScale(points, Variable::kTokens);
  ASSERT_EQ(scales.size(), 6u);
  EXPECT_EQ(scales[0].size(), 6u);
  EXPECT_EQ(scales[1].front().tokens, 2);
}

TEST(MeanScale, IsGeometricAndExactForOneValue) {
  EXPECT_EQ(MeanTokens({testing::At(0.1), testing::At(0.1), testing::At(0.1)}), 0.1);
  EXPECT_NEAR(MeanTokens({testing::At(1e6), testing::At(4e6)}), 2e6, 1e-6);
  Point point;
  point.loss = 8;
  Point other;
  other.loss = 2;
  EXPECT_NEAR(MeanLoss({point, other}), 4, 1e-12);
}

}  // namespace
}  // namespace saelaw
