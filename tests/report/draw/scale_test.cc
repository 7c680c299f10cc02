#include "report/draw/scale.h"

#include <vector>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

using document::Axis;
using document::Scale;

TEST(AxisScale, SpreadsRatiosEvenlyOnALogarithmicAxis) {
  const AxisScale scale({"", Scale::kLogarithmic, 1, 100}, 300, 100);
  EXPECT_DOUBLE_EQ(scale(1), 300);
  EXPECT_DOUBLE_EQ(scale(10), 200);
  EXPECT_DOUBLE_EQ(scale(100), 100);
}

TEST(AxisScale, SpreadsDifferencesEvenlyOnALinearOne) {
  const AxisScale scale({"", Scale::kLinear, -1, 3}, 0, 100);
  EXPECT_DOUBLE_EQ(scale(0), 25);
  EXPECT_TRUE(scale.Shows(3));
  EXPECT_FALSE(scale.Shows(3.5));
  EXPECT_DOUBLE_EQ(scale.Clamped(7), 3);
}

TEST(Ticks, AreDecadesWhereThereAreEnough) {
  EXPECT_EQ(Ticks({"", Scale::kLogarithmic, 0.9, 1100}), (std::vector<double>{1, 10, 100, 1000}));
}

TEST(Ticks, AreFinerWhereLittleIsSeen) {
  EXPECT_EQ(Ticks({"", Scale::kLogarithmic, 0.9, 30}), (std::vector<double>{1, 3, 10, 30}));
  // Less than a tenth of a decade has no four round numbers of its own.
  const std::vector<double> ticks = Ticks({"", Scale::kLogarithmic, 0.3801, 0.3868});
  ASSERT_GE(ticks.size(), 4);
  EXPECT_NEAR(ticks.front(), 0.381, 1e-12);
}

TEST(Ticks, AreMultiplesOfRoundStepsOnALinearAxis) {
  EXPECT_EQ(Ticks({"", Scale::kLinear, -1, 3}), (std::vector<double>{-1, 0, 1, 2, 3}));
}

}  // namespace
}  // namespace saelaw
