#include <gtest/gtest.h>

#include "report/made_up_arms.h"
#include "report/tables/arms_tables.h"

namespace saelaw {
namespace {

TEST(FrontierFigure, HasACurveForEachRecipeAndTheTarget) {
  const document::Figure figure = FrontierFigure(MadeUpArms());
  ASSERT_EQ(figure.points.size(), 4u);
  EXPECT_EQ(figure.points[0].label, "held, 65.5K tokens");
  EXPECT_EQ(figure.points[1].label, "held, 1M tokens (target)");
  EXPECT_EQ(figure.points[0].series, figure.points[1].series);
  EXPECT_NE(figure.points[0].series, figure.points[2].series);
  EXPECT_FALSE(figure.x.empty());
}

}  // namespace
}  // namespace saelaw
