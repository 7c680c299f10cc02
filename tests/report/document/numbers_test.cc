#include "report/document/numbers.h"

#include <limits>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kOpen = std::numeric_limits<double>::infinity();

TEST(IntervalText, NamesOpenSides) {
  EXPECT_EQ(IntervalText({0.376, 0.389}), "0.376 to 0.389");
  EXPECT_EQ(IntervalText({0.004, kOpen}), "at least 0.004");
  EXPECT_EQ(IntervalText({-kOpen, 0.004}), "at most 0.004");
  EXPECT_EQ(IntervalText({}), "-");
}

TEST(NumberText, HasADashForTheUnknown) {
  EXPECT_EQ(NumberText(7e-5), "7e-05");
  EXPECT_EQ(NumberText(kUnknown), "-");
  EXPECT_EQ(HoursText(kUnknown), "-");
  EXPECT_EQ(CountText(kUnknown), "-");
}

TEST(DifferenceText, HasItsSign) {
  EXPECT_EQ(DifferenceText(0.004), "+0.40 %");
  EXPECT_EQ(PercentText(0.0421), "4.2 %");
  EXPECT_EQ(PercentText(1.2), "120 %");
}

TEST(InsideText, NothingLiesOutsideAnUnknownInterval) {
  EXPECT_EQ(InsideText(false, {}), "-");
  EXPECT_EQ(InsideText(false, {1, 2}), "NO");
}

TEST(Plain, KeepsALineALine) { EXPECT_EQ(Plain("a\033[2J\r\nb\x7f"), "a [2J  b "); }

}  // namespace
}  // namespace saelaw
