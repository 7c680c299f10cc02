#include "report/draw/marks.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/draw/svg.h"

namespace saelaw {
namespace {

using document::Ink;
using document::Shape;

TEST(MarkSvg, HasASignForEachShape) {
  std::set<std::string> signs;
  for (const Shape shape :
       {Shape::kDot, Shape::kRing, Shape::kTriangle, Shape::kDiamond, Shape::kCross, Shape::kStar})
    signs.insert(MarkSvg(shape, 10, 20));
  EXPECT_EQ(signs.size(), 6);
  EXPECT_EQ(signs.count(""), 0);
}

TEST(MarkSvg, TurnsACrossSoThatItIsNoPlus) {
  EXPECT_THAT(MarkSvg(Shape::kCross, 10, 20), testing::HasSubstr("M6.8 16.8L13.2 23.2"));
}

TEST(InkClass, HasAColourInTheStyle) {
  for (const Ink ink : {Ink::kLaw, Ink::kTarget, Ink::kHeldOut, Ink::kFailed, Ink::kFaint})
    EXPECT_THAT(std::string(FigureStyle()), testing::HasSubstr("." + InkClass(ink, 0) + " {"));
  for (int series = 0; series < 8; ++series)
    EXPECT_THAT(std::string(FigureStyle()),
                testing::HasSubstr("." + InkClass(Ink::kSeries, series) + " {"));
}

}  // namespace
}  // namespace saelaw
