// Where things stand is checked by their coordinates: the plot reaches from (64, 320) to (624, 12).
#include "report/draw/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using document::Curve;
using document::Figure;
using document::Ink;
using document::Points;
using document::Scale;
using document::Shape;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Figure Empty() {
  Figure figure{"loss", "Loss & tokens", "how to read it"};
  figure.x = {"tokens", Scale::kLinear, 0, 10};
  figure.y = {"loss", Scale::kLinear, 0, 10};
  return figure;
}

TEST(FigureSvg, PlacesPointsWithErrorBarsAndWords) {
  Figure figure = Empty();
  figure.points = {{"runs", Ink::kLaw, Shape::kDot, {{5, 5, 2.5, 7.5, "run <a>"}}}};
  const std::string svg = FigureSvg(figure);
  EXPECT_THAT(svg, HasSubstr("<title>run &lt;a&gt;</title><circle cx=\"344.0\" cy=\"166.0\""));
  EXPECT_THAT(svg, HasSubstr("M344.0 243.0V89.0\" class=\"bar\""));
  EXPECT_THAT(svg, HasSubstr(">runs</text>"));
}

// 1e19 FLOP are no "1e+07T"; tokens keep their names.
TEST(FigureSvg, NamesComputeByItsPowerOfTen) {
  Figure figure = Empty();
  figure.x = {"compute", Scale::kLogarithmic, 1e18, 1e22};
  EXPECT_THAT(FigureSvg(figure), HasSubstr(">1e+19</text>"));
  figure.x = {"tokens", Scale::kLogarithmic, 1e8, 1e12};
  EXPECT_THAT(FigureSvg(figure), HasSubstr(">10B</text>"));
}

TEST(FigureSvg, DrawsNoPointBeyondItsAxes) {
  Figure figure = Empty();
  figure.points = {{"runs", Ink::kLaw, Shape::kDot, {{5, 50}, {50, 5}}}};
  EXPECT_THAT(FigureSvg(figure), Not(HasSubstr("<circle cx=\"344")));
}

TEST(FigureSvg, DashesACurveWhereItGuesses) {
  Figure figure = Empty();
  Curve curve{"law", Ink::kLaw, {{0, 5}, {5, 5}, {10, 5}}};
  curve.dashed_beyond = 5;
  figure.curves = {curve};
  const std::string svg = FigureSvg(figure);
  EXPECT_THAT(svg, HasSubstr("M64.0 166.0L344.0 166.0\" class=\"curve\""));
  EXPECT_THAT(svg, HasSubstr("M344.0 166.0L624.0 166.0\" class=\"curve dashed\""));
}

TEST(FigureSvg, EndsABandWithoutBoundAtTheAxis) {
  Figure figure = Empty();
  Curve curve{"law", Ink::kLaw, {{0, 5, 2.5, INFINITY}, {10, 5, 2.5, INFINITY}}};
  curve.band = true;
  figure.curves = {curve};
  EXPECT_THAT(FigureSvg(figure),
              HasSubstr("M64.0 12.0L624.0 12.0L624.0 243.0L64.0 243.0z\" class=\"band\""));
}

TEST(FigureSvg, HasATitleADescriptionAndNamedAxes) {
  const std::string svg = FigureSvg(Empty());
  EXPECT_THAT(svg, HasSubstr("<title id=\"title-loss\">Loss &amp; tokens</title>"));
  EXPECT_THAT(svg, HasSubstr("<desc id=\"desc-loss\">how to read it</desc>"));
  EXPECT_THAT(svg, HasSubstr(">tokens</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("legend")));
}

TEST(FigureSvg, SaysThatThereIsNothingYet) {
  EXPECT_THAT(FigureSvg({"loss", "Loss", ""}), HasSubstr("nothing to draw yet"));
}

TEST(FigureFile, CarriesItsColours) {
  const std::string file = FigureFile(Empty());
  EXPECT_THAT(file, StartsWith("<?xml"));
  EXPECT_THAT(file, HasSubstr("xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_THAT(file, HasSubstr("prefers-color-scheme: dark"));
}

}  // namespace
}  // namespace saelaw
