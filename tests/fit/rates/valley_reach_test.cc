#include "fit/rates/valley_reach.h"

#include <cmath>

#include <gtest/gtest.h>

#include "fit/rates/valley_testing.h"

namespace saelaw {
namespace {

TEST(WithinReach, CountsDistanceAndNotPlaces) {
  ValleyData data;
  data.groups.resize(1);
  data.levels = 1;
  for (int i = 0; i <= 40; ++i) data.groups[0].runs.push_back({0.1 * i, 0, 0});
  EXPECT_EQ(WithinReach(data, {2}, 1.05).data.Runs(), 21);
}

TEST(WithinReach, TakesTheThreeNearestOfACoarseGrid) {
  ValleyData data;
  data.groups.resize(1);
  data.levels = 1;
  for (int i = 0; i < 5; ++i) data.groups[0].runs.push_back({2.3 * i, 0, 0});
  const ReachedRuns reached = WithinReach(data, {4.6}, 2);
  ASSERT_EQ(reached.data.Runs(), 3);
  EXPECT_EQ(reached.data.groups[0].runs.front().x, 2.3);
}

// A group whose levels have one rate each says nothing of its optimum.
TEST(WithinReach, LeavesOutWhatSaysNothing) {
  ValleyData data = testing::Valleys(2, {});
  for (std::size_t i = 0; i < 5; ++i) data.groups[0].runs[i].level = static_cast<int>(2 + i);
  data.levels = 7;
  const ReachedRuns reached = WithinReach(data, {-1, -1.3}, 2);
  ASSERT_EQ(reached.data.groups.size(), 1u);
  EXPECT_EQ(reached.of, std::vector<std::size_t>{1});
  EXPECT_EQ(reached.data.levels, 1);
  EXPECT_TRUE(SameRuns(reached, reached));
  EXPECT_FALSE(SameRuns(reached, WithinReach(data, {-1, -1.3}, 0.6)));
}

TEST(NearestWithin, StaysAmongTheRates) {
  const ValleyGroup group = testing::Valleys(1, {}).groups[0];
  EXPECT_EQ(NearestWithin(group, -1.2), -1.2);
  EXPECT_NEAR(NearestWithin(group, 9), 0.15, 1e-12);
}

// Two levels 0.5 apart at three rates, and 0.01 more at one of the six runs: of the additive model
// 6 - 3 - 2 + 1 = 2 are left, and a single odd run leaves a third of its square.
TEST(ComputePureError, TakesRatesAndLevelsOut) {
  ValleyData data;
  data.groups.resize(1);
  data.levels = 2;
  for (int i = 0; i < 6; ++i) {
    data.groups[0].runs.push_back({0.5 * (i / 2), std::pow(i / 2, 2) + 0.5 * (i % 2), i % 2});
  }
  EXPECT_NEAR(ComputePureError(data).value, 0, 1e-20);
  EXPECT_EQ(ComputePureError(data).df, 2);
  data.groups[0].runs[2].y += 0.01;
  EXPECT_NEAR(ComputePureError(data).value, 1e-4 / 3, 1e-10);
  EXPECT_EQ(DistinctRates(data), 3);
}

}  // namespace
}  // namespace saelaw
