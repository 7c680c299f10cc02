#include "fit/points/held_out_groups.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

std::vector<Point> Points() {
  Point point;
  point.loss = 1;
  point.held_out_shifts = {0.1, -0.1, 0};
  return {point, point, point, point};
}

TEST(HeldOutGroups, NeedsTheSameNumberOfAllPoints) {
  std::vector<Point> points = Points();
  EXPECT_EQ(HeldOutGroups(points), 3U);
  points[3].held_out_shifts.pop_back();
  EXPECT_EQ(HeldOutGroups(points), 0U);
  points[3].held_out_shifts.clear();
  EXPECT_EQ(HeldOutGroups(points), 0U);
}

TEST(WithoutGroup, MovesALossByItsShiftOrAShareOfIt) {
  EXPECT_DOUBLE_EQ(WithoutGroup(Points(), 0)[0].loss, std::exp(0.1));
  EXPECT_DOUBLE_EQ(WithoutGroup(Points(), 1, 0.5)[0].loss, std::exp(-0.05));
}

}  // namespace
}  // namespace saelaw
