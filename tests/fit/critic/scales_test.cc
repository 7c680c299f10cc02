#include "fit/critic/scales.h"

#include <gtest/gtest.h>

#include "fit/fit_testing.h"
#include "fit/laws/loss_laws.h"

namespace saelaw {
namespace {

TEST(ScaleOf, IsWhatALawHasInPlaceOfTokens) {
  EXPECT_EQ(ScaleOf(RequireLossLaw("size-data")), Variable::kTokens);
  EXPECT_EQ(ScaleOf(RequireLossLaw("loss-compute")), Variable::kCompute);
}

// By hand: values 1 to 13 make six stretches of two or three, and 1 to 12 are a scale each.
TEST(ByScale, MakesStretchesOfManyValues) {
  std::vector<Point> points;
  for (int i = 12; i >= 1; --i) points.push_back(testing::At(i));
  EXPECT_EQ(ByScale(points, Variable::kTokens).size(), 12u);
  points.push_back(testing::At(13));
  const Scales scales = ByScale(points, Variable::kTokens);
  ASSERT_EQ(scales.size(), 6u);
  EXPECT_EQ(scales.front().size(), 3u);
  EXPECT_EQ(scales.back().back().tokens, 13);
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
