#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/tables/fit_figures.h"
#include "report/tables/fitted_tables.h"
#include "report/tables/points_named.h"

namespace saelaw {
namespace {

using namespace fitted_tables;  // NOLINT: the tables of these tests
using document::Curve;
using document::Figure;

TEST(FittedLossFigure, ShowsRunsLawBandAndPrediction) {
  const Fitted fitted = Loss({});
  const Figure figure = FittedLossFigure(fitted.answer, fitted.table());
  EXPECT_EQ(PointsNamed(figure, "runs").places.size(), 6U);
  ASSERT_EQ(figure.curves.size(), 1U);
  const Curve& law = figure.curves.front();
  EXPECT_EQ(law.label, "law");
  EXPECT_TRUE(law.band);
  EXPECT_EQ(law.places.front().x, 1e6);
  EXPECT_EQ(law.places.back().x, 1e8);  // the prediction
  EXPECT_NEAR(law.dashed_beyond, 3.2e7, 1e4);
  // The curve is the law, with its interval.
  const Prediction there = fitted.answer.law.Predict(At(1e8));
  EXPECT_DOUBLE_EQ(law.places.back().y, there.value);
  EXPECT_DOUBLE_EQ(law.places.back().hi, there.confidence.hi);
  const auto& predicted = PointsNamed(figure, "predicted").places;
  ASSERT_EQ(predicted.size(), 1U);
  EXPECT_DOUBLE_EQ(predicted[0].y, fitted.answer.predictions[0].value);
  EXPECT_DOUBLE_EQ(predicted[0].lo, fitted.answer.predictions[0].prediction.lo);
  EXPECT_GE(figure.x.hi, 1e8);
}

TEST(FittedLossFigure, HasACurveForEachSettingOfTheOtherVariables) {
  const Fitted fitted = Loss({100, 400, 1600, 6400});
  const Figure figure = FittedLossFigure(fitted.answer, fitted.table());
  ASSERT_EQ(figure.curves.size(), 4U);
  EXPECT_EQ(PointsNamed(figure, "params 400").places.size(), 6U);
  const Curve& curve = figure.curves[1];
  EXPECT_FALSE(curve.band);  // of more than three, an interval at each place would be dear
  EXPECT_NEAR(curve.places.front().y, 0.5 + 30 * std::pow(1e6, -0.4) + 1, 0.02);
}

// Of many settings seven are drawn, the ends among them; no run is lost.
TEST(FittedLossFigure, ChoosesAmongManySettings) {
  std::vector<double> sizes;
  for (int i = 0; i < 20; ++i) sizes.push_back(100 * std::pow(1.3, i));
  const Fitted fitted = Loss(sizes);
  const Figure figure = FittedLossFigure(fitted.answer, fitted.table());
  EXPECT_EQ(figure.curves.size(), 7U);
  EXPECT_EQ(PointsNamed(figure, "params 100").places.size(), 6U);
  EXPECT_EQ(PointsNamed(figure, "other runs").places.size(), 13U * 6);
}

TEST(ResidualFigure, ShowsWhatEachRunIsOffTheLaw) {
  const Fitted fitted = Loss({});
  const Figure figure = ResidualFigure(fitted.answer.law, fitted.table());
  const auto& runs = PointsNamed(figure, "runs").places;
  ASSERT_EQ(runs.size(), 6U);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const double law = fitted.answer.law.Predict(fitted.points[i]).value;
    EXPECT_NEAR(runs[i].y, 100 * (fitted.points[i].loss / law - 1), 1e-6);
  }
  EXPECT_THAT(runs[0].hover, testing::HasSubstr("% of the law's value"));
  EXPECT_EQ(figure.y.lo, -figure.y.hi);
  EXPECT_NEAR(figure.curves.front().places.front().hi, 200 * fitted.answer.law.rms_residual, 1e-12);
}

}  // namespace
}  // namespace saelaw
