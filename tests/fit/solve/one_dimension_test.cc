#include "fit/solve/one_dimension.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(WhereItReaches, FindsTheShare) {
  const auto cube = [](double x) { return x * x * x; };
  EXPECT_NEAR(WhereItReaches(27, -100, 100, cube), 3, 1e-12);
  // What is never reached lies at the end.
  EXPECT_DOUBLE_EQ(WhereItReaches(1e9, 0, 100, cube), 100);
}

TEST(BracketMinimum, GoesToTheDeeperOfTwoValleys) {
  const auto two = [](double x) { return std::pow(x * x - 4, 2) + x; };
  const auto [low, high] = BracketMinimum(-5, 0.5, 20, two);
  // The root of the derivative, 4 x³ - 16 x + 1, near -2.
  EXPECT_NEAR((low + high) / 2, -2.0305466, 1e-6);
  EXPECT_LT(high - low, 1e-8);
}

TEST(BracketMinimum, StaysBesideAnEndWhereTheFunctionFallsToIt) {
  const auto [low, high] = BracketMinimum(0, 1, 10, [](double x) { return x; });
  EXPECT_NEAR(low, -1, 1e-7);
  EXPECT_NEAR(high, -1, 1e-7);
}

}  // namespace
}  // namespace saelaw
