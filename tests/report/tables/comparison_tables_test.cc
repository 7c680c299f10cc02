#include "report/tables/comparison_tables.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/documents.h"
#include "report/render/text.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

// Losses of 0.5 + x^-0.3 with a wobble of 0.3 %, and a rate that is swept: made for this test.
std::vector<Point> Sweep(bool rates) {
  std::vector<Point> points;
  for (int i = 0; i < 18; ++i) {
    Point point;
    point.tokens = 1e6 * std::pow(2, i / 3);
    if (rates) point.lr = 1e-3 * (1 + i % 3);
    point.loss = (0.5 + std::pow(2, -0.3 * (i / 3))) * (1 + 3e-3 * std::sin(7.7 * i * i));
    point.row = i + 2;
    points.push_back(point);
  }
  return points;
}

std::string MakeText(const Comparison& comparison) {
  return RenderText(CompareDocument(comparison, {{9, "loss is nan"}}), {false});
}

TEST(ComparisonBlocks, ShowScoresWeightsAndPlaces) {
  Point target;
  target.tokens = 2.56e8;
  const std::string text = MakeText(CompareLaws(Sweep(false), {}, {&target, 1}));
  EXPECT_THAT(text, HasSubstr("broken-power"));
  EXPECT_THAT(text, HasSubstr("does not hold up"));
  EXPECT_THAT(text, HasSubstr("At tokens 256M"));
  EXPECT_THAT(text, HasSubstr("averaged"));
  EXPECT_THAT(text, HasSubstr("pools of published ones"));
  EXPECT_THAT(text, HasSubstr("9  loss is nan"));
}

TEST(ComparisonBlocks, SayWhyNoLawHolds) {
  const std::string text = MakeText(CompareLaws(Sweep(true), {}, {}));
  EXPECT_THAT(text, HasSubstr("left out: lr varies"));
  EXPECT_THAT(text, HasSubstr("No law holds"));
  EXPECT_THAT(MakeText(CompareLaws({}, {}, {})), HasSubstr("Nothing to compare"));
}

}  // namespace
}  // namespace saelaw
