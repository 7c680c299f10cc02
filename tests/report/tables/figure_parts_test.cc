#include "report/tables/figure_parts.h"

#include <gtest/gtest.h>

#include "report/made_up.h"

namespace saelaw {
namespace {

TEST(DrawnTokens, ReachFromTheSmallestRunToTheTarget) {
  const TokensDrawn drawn = DrawnTokens(made_up::TheFindings(), made_up::TheRecommendation());
  EXPECT_EQ(drawn.first, 32768);
  EXPECT_EQ(drawn.last, 4194304);
}

TEST(DrawnTokens, ReachToTheLargestRunWhereThatIsLarger) {
  Recommendation recommendation;
  recommendation.tokens = 1000;
  EXPECT_EQ(DrawnTokens(made_up::TheFindings(), recommendation).last, 1048576);
}

TEST(CurveOfLaw, IsTheLawFromEndToEnd) {
  const document::Curve curve =
      CurveOfLaw(made_up::LossLaw(), 1152, {32768, 4194304}, "law", "loss", 262144);
  EXPECT_EQ(curve.places.front().x, 32768);
  EXPECT_EQ(curve.places.back().x, 4194304);
  EXPECT_DOUBLE_EQ(curve.places.back().y, made_up::Loss(4194304));
  EXPECT_DOUBLE_EQ(curve.places.back().lo, 0.98 * made_up::Loss(4194304));
  EXPECT_GE(curve.dashed_beyond, 262144);
}

TEST(CurveOfLaw, IsEmptyWithoutALaw) {
  EXPECT_TRUE(CurveOfLaw(made_up::Refused("data"), 1152, {1, 2}, "law", "loss", 2).places.empty());
}

TEST(CurveAlong, HasAnIntervalWhereABandIsWanted) {
  const Along along{Variable::kTokens, 1e6, 4e6, 2e6};
  const document::Curve band = CurveAlong(made_up::LossLaw(), along, {}, "law", true);
  EXPECT_DOUBLE_EQ(band.places.back().y, made_up::Loss(4e6));
  EXPECT_DOUBLE_EQ(band.places.back().hi, 1.02 * made_up::Loss(4e6));
  EXPECT_EQ(band.places.front().hover.find("law: "), 0U);
  EXPECT_NE(band.places.front().hover.find(" at 1M tokens"), std::string::npos);
  const document::Curve line = CurveAlong(made_up::LossLaw(), along, {}, "law", false);
  EXPECT_DOUBLE_EQ(line.places.back().y, made_up::Loss(4e6));
  EXPECT_TRUE(std::isnan(line.places.back().hi));
  EXPECT_TRUE(CurveAlong(made_up::Refused("data"), along, {}, "law", true).places.empty());
}

TEST(AtText, NamesTheVariable) {
  EXPECT_EQ(AtText(Variable::kTokens, 2.1e9), "2.1B tokens");
  EXPECT_EQ(AtText(Variable::kParams, 16384), "params 16.38K");
  EXPECT_EQ(AtText(Variable::kCompute, 1e21), "compute 1e+21");
  EXPECT_EQ(AtText(Variable::kLr, 0.004), "lr 0.004");
}

TEST(HoverText, HasItsIntervalWhereThatIsKnown) {
  EXPECT_EQ(HoverText("law", "loss", {2.1e9, 0.38, 0.37, 0.39}),
            "law: loss 0.38 at 2.1B tokens (95 % interval 0.37 to 0.39)");
  EXPECT_EQ(HoverText("law", "loss", {2.1e9, 0.38}), "law: loss 0.38 at 2.1B tokens");
}

// The band is drawn whole; an interval of one size, known from one side only, may leave the figure.
TEST(SetRateAxes, ShowsBandsAndPointsButNotThePointsIntervals) {
  document::Figure figure{"rates", "", ""};
  figure.curves.resize(1);
  figure.curves[0].places = {{1e6, 1e-3, 5e-4, 2e-3}};
  figure.points.resize(1);
  figure.points[0].places = {{2e6, 4e-3, 1e-9, 1e9}};
  SetRateAxes(&figure);
  EXPECT_LT(figure.x.lo, 1e6);
  EXPECT_GT(figure.x.hi, 2e6);
  EXPECT_LT(figure.x.hi, 2.5e6);
  EXPECT_LT(figure.y.lo, 5e-4);
  EXPECT_GT(figure.y.lo, 1e-4);
  EXPECT_GT(figure.y.hi, 4e-3);
  EXPECT_LT(figure.y.hi, 1e-2);
}

TEST(TargetPlaces, AreNoneForWhatIsNotPredicted) {
  EXPECT_TRUE(TargetPlaces(2.1e9, std::nan(""), {}).empty());
  EXPECT_TRUE(TargetPlaces(2.1e9, 0, {}).empty());
  EXPECT_EQ(TargetPlaces(2.1e9, 0.4, {}).size(), 1);
}

}  // namespace
}  // namespace saelaw
