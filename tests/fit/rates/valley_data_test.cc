#include "fit/rates/valley_data.h"

#include <gtest/gtest.h>

#include "fit/rates/valley_testing.h"

namespace saelaw {
namespace {

TEST(ValleyData, CountsWhatIsFreeOfLevels) {
  const ValleyData data = testing::Valleys(3, {});
  EXPECT_EQ(data.Runs(), 15);
  EXPECT_EQ(data.Free(), 12);
}

TEST(ValleyPlacement, IsAnOptimumForEachGroupOrALine) {
  const ValleyData data = testing::Valleys(3, {});
  const ValleyPlacement free = ValleyPlacement::Free(data);
  EXPECT_EQ(free.At({5, 6, 7}, 1), 6);
  // About place 1: level 2 there, and a slope of -0.5.
  const ValleyPlacement line = ValleyPlacement::Line(data, {1});
  EXPECT_EQ(line.At({2, -0.5}, 0), 2.5);
  EXPECT_EQ(line.At({2, -0.5}, 2), 1.5);
}

TEST(ValleyPlacement, HoldsOnePosition) {
  const ValleyPlacement line = ValleyPlacement::Line(testing::Valleys(3, {}), {1});
  EXPECT_EQ(line.Holding(0, 2).At({-0.5}, 2), 1.5);
  EXPECT_EQ(line.Holding(1, -0.5).At({2}, 0), 2.5);
}

}  // namespace
}  // namespace saelaw
