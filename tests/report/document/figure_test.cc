#include "report/document/figure.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace saelaw::document {
namespace {

TEST(LogarithmicAxis, LeavesAMarginOnBothSides) {
  const std::vector<double> values{10, 1000, std::nan(""), 0, -5};
  const Axis axis = LogarithmicAxis("tokens", values, 0.5);
  EXPECT_NEAR(axis.lo, 1, 1e-12);  // 10 / sqrt(1000/10)
  EXPECT_NEAR(axis.hi, 10'000, 1e-8);
}

TEST(LogarithmicAxis, StandsAroundASingleValue) {
  const std::vector<double> values{4};
  const Axis axis = LogarithmicAxis("tokens", values);
  EXPECT_LT(axis.lo, 4);
  EXPECT_GT(axis.hi, 4);
}

TEST(LogarithmicAxis, IsEmptyWithoutPositiveValues) {
  const std::vector<double> values{0, -1, std::nan("")};
  EXPECT_TRUE(LogarithmicAxis("tokens", values).empty());
}

TEST(SymmetricAxis, HoldsTheLargestSizeOnBothSides) {
  const std::vector<double> values{0.5, -2, std::nan("")};
  const Axis axis = SymmetricAxis("off", values);
  EXPECT_EQ(axis.scale, Scale::kLinear);
  EXPECT_DOUBLE_EQ(axis.hi, 2.2);
  EXPECT_DOUBLE_EQ(axis.lo, -2.2);
  EXPECT_FALSE(SymmetricAxis("off", std::vector<double>{0}).empty());
  EXPECT_TRUE(SymmetricAxis("off", {}).empty());
}

}  // namespace
}  // namespace saelaw::document
