
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_up.h"
#include "report/tables/figures.h"
#include "report/tables/points_named.h"

namespace saelaw {
namespace {

using document::Figure;

TEST(LossFigure, ShowsEveryRunByWhatTheLawMakesOfIt) {
  const Figure figure = LossFigure(made_up::TheFindings(), made_up::TheRecommendation());
  EXPECT_EQ(PointsNamed(figure, "runs at lr 0.004").places.size(), 8);
  EXPECT_EQ(PointsNamed(figure, "runs at other rates").places.size(), 24);
  EXPECT_EQ(PointsNamed(figure, "hold-out, measured").places.size(), 1);
  EXPECT_EQ(PointsNamed(figure, "target, predicted").places.size(), 1);
  EXPECT_EQ(figure.curves.front().places.back().y, made_up::Loss(4194304));
}

TEST(LossFigure, NamesTheRunOfEachPoint) {
  const Figure figure = LossFigure(made_up::TheFindings(), made_up::TheRecommendation());
  const auto& first = PointsNamed(figure, "runs at lr 0.004").places.front();
  EXPECT_THAT(first.hover,
              testing::HasSubstr("lr 0.004, d_sae 1152, seed 0, completed, run a32768"));
  EXPECT_THAT(PointsNamed(figure, "hold-out, measured").places.front().hover,
              testing::HasSubstr("predicted 0.6625, run b1048576"));
}

TEST(LossFigure, IsNotSqueezedByFailuresFarAbove) {
  Findings findings = made_up::TheFindings();
  for (StudyRun& run : findings.runs) {
    if (run.outcome == Outcome::kCollapsed) run.final.loss = 66;
  }
  const Figure figure = LossFigure(findings, made_up::TheRecommendation());
  EXPECT_LT(figure.y.hi, 2);
  EXPECT_TRUE(PointsNamed(figure, "left out").places.empty());
}

TEST(LossFigure, IsEmptyWithoutRuns) {
  Findings findings;
  const Figure figure = LossFigure(findings, {});
  EXPECT_TRUE(figure.x.empty());
}

}  // namespace
}  // namespace saelaw
