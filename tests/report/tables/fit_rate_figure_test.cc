#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/tables/fit_figures.h"
#include "report/tables/fitted_tables.h"
#include "report/tables/points_named.h"

namespace saelaw {
namespace {

using namespace fitted_tables;  // NOLINT: the tables of these tests
using document::Figure;

TEST(FittedRateFigure, ShowsOptimaLawFailuresAndPrediction) {
  const Fitted fitted = Rates("lr");
  const Figure figure = FittedRateFigure(fitted.answer, fitted.table());
  EXPECT_EQ(PointsNamed(figure, "optimum of a size").places.size(), 4U);
  EXPECT_EQ(PointsNamed(figure, "run that failed").places.size(), 4U);
  ASSERT_EQ(figure.curves.size(), 1U);
  EXPECT_NEAR(figure.curves[0].places.front().y, 1e-3, 1e-4);
  EXPECT_NEAR(figure.curves[0].dashed_beyond, 6.4e7, 1e4);
  EXPECT_EQ(figure.curves[0].places.back().x, 1e9);
  EXPECT_EQ(PointsNamed(figure, "predicted").places.size(), 1U);
}

TEST(FittedRateFigure, ShowsTheEdgeAmongSurvivorsAndFailures) {
  const Fitted fitted = Rates("lr-edge");
  const Figure figure = FittedRateFigure(fitted.answer, fitted.table());
  EXPECT_EQ(PointsNamed(figure, "run that survived").places.size(), 24U);
  ASSERT_EQ(figure.curves.size(), 1U);
  EXPECT_EQ(figure.curves[0].label, "stability edge");
  // Between the last survivor and the first failure.
  EXPECT_GT(figure.curves[0].places.front().y, 4e-3 * 0.7);
  EXPECT_LT(figure.curves[0].places.front().y, 8e-3 * 1.5);
}

TEST(ValleyFigure, DrawsTheValleyThatAllSizesShare) {
  const Fitted fitted = Rates("lr");
  const Figure figure = ValleyFigure(*fitted.answer.lr, fitted.table());
  ASSERT_EQ(figure.curves.size(), 4U);
  ASSERT_EQ(figure.points.size(), 4U);
  EXPECT_EQ(figure.points[0].label, "tokens 1M");
  EXPECT_EQ(figure.points[0].places.size(), 6U);
  const auto& valley = figure.curves[0].places;
  ASSERT_FALSE(valley.empty());
  // The lowest rate is three steps of 2 below the best one.
  const double rise = 1 + 0.03 * std::pow(3 * std::log(2.0), 2);
  EXPECT_NEAR(valley.front().y, 10 * std::pow(1e6, -0.2) * rise, 0.005);
}

}  // namespace
}  // namespace saelaw
