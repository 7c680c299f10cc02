#include "report/draw/legend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using document::Figure;
using document::Ink;
using document::Shape;
using testing::HasSubstr;
using testing::Not;

TEST(DrawLegend, StartsARowWhereAnEntryDoesNotFit) {
  Figure figure{"loss", "", ""};
  figure.points = {{"one", Ink::kLaw, Shape::kDot, {{1, 1}}},
                   {"two", Ink::kLaw, Shape::kDot, {{1, 1}}}};
  const double row = DrawLegend(figure, 0, 1000, 0).height;
  EXPECT_DOUBLE_EQ(DrawLegend(figure, 0, 80, 0).height, 2 * row);
}

TEST(DrawLegend, LeavesOutWhatIsNotDrawn) {
  Figure figure{"loss", "", ""};
  figure.points = {{"absent", Ink::kLaw, Shape::kDot, {}}, {"", Ink::kLaw, Shape::kDot, {{1, 1}}}};
  figure.curves = {{"law", Ink::kLaw, {{1, 1}}}};
  const Legend legend = DrawLegend(figure, 0, 100, 0);
  EXPECT_THAT(legend.svg, Not(HasSubstr("absent")));
  EXPECT_THAT(legend.svg, HasSubstr(">law</text>"));
}

}  // namespace
}  // namespace saelaw
