#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_up.h"
#include "report/tables/figures.h"
#include "report/tables/points_named.h"

namespace saelaw {
namespace {

using document::Figure;
using document::Points;

TEST(RateFigure, KeepsCensoredOptimaApart) {
  const Figure figure = RateFigure(made_up::TheFindings(), made_up::TheRecommendation());
  EXPECT_EQ(PointsNamed(figure, "optimum of a size").places.size(), 3);
  const Points& censored = PointsNamed(figure, "best rate, not fitted");
  ASSERT_EQ(censored.places.size(), 1);
  EXPECT_EQ(censored.places.front().y, 0.004);
  EXPECT_THAT(censored.places.front().hover, testing::HasSubstr("not fitted: cliff"));
  // The law is of the three sizes below the censored one.
  EXPECT_LT(figure.curves.front().dashed_beyond, 262144);
}

TEST(RateFigure, ShowsWhichRunsFailed) {
  const Figure figure = RateFigure(made_up::TheFindings(), made_up::TheRecommendation());
  const Points& failed = PointsNamed(figure, "run that failed");
  EXPECT_EQ(failed.places.size(), 8);
  EXPECT_THAT(failed.places.front().hover, testing::HasSubstr("collapsed, run a32768-32000-0"));
}

TEST(RateFigure, SaysWhetherTheRateIsTheRecipes) {
  Recommendation recommendation = made_up::TheRecommendation();
  recommendation.lr_basis = LrBasis::kNone;
  const Figure figure = RateFigure(made_up::TheFindings(), recommendation);
  EXPECT_EQ(PointsNamed(figure, "target, the recipe's rate").places.size(), 1);
}

}  // namespace
}  // namespace saelaw
