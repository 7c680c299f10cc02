#include "report/document/lines.h"

#include <limits>

#include <gtest/gtest.h>

namespace saelaw::document {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

TEST(Estimated, PointsAtTheNumberAndAtItsInterval) {
  const Line line = Estimated(0.382, {0.376, 0.389}, "/loss", "/loss_interval");
  EXPECT_EQ(MakeText(line), "0.382 (95 % interval 0.376 to 0.389)");
  EXPECT_EQ(line.front().pointer, "/loss");
  EXPECT_EQ(line.at(3).text, "0.376 to 0.389");
  EXPECT_EQ(line.at(3).pointer, "/loss_interval");
}

TEST(Estimated, SaysWhatIsUnknown) {
  EXPECT_EQ(MakeText(Estimated(kUnknown, {}, "", "")), "-");
  EXPECT_EQ(MakeText(Estimated(0.5, {}, "", "")), "0.5 (no interval)");
}

TEST(IntervalClause, NamesItsLevelAndAnOpenSide) {
  EXPECT_EQ(MakeText(IntervalClause({0.25, std::numeric_limits<double>::infinity()}, "", 0.9)),
            "90 % interval at least 0.25");
}

}  // namespace
}  // namespace saelaw::document
