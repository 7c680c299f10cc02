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

TEST(IsoFlopFigure, DrawsEachBudgetWithItsValley) {
  const Fitted fitted = Budgets();
  const Figure figure = IsoFlopFigure(*fitted.answer.compute, fitted.table());
  ASSERT_EQ(figure.curves.size(), 3U);
  EXPECT_EQ(PointsNamed(figure, "compute 1e+19").places.size(), 7U);
  EXPECT_EQ(PointsNamed(figure, "best size").places.size(), 3U);
  // The valley goes through its runs, within the half per cent that a shape of so few may miss.
  const auto& runs = PointsNamed(figure, "compute 1e+19").places;
  const auto& valley = figure.curves[1].places;
  EXPECT_NEAR(valley.front().x, runs.front().x, 1);
  EXPECT_NEAR(valley.front().y / runs.front().y, 1, 0.005);
  EXPECT_NEAR(valley.back().y / runs.back().y, 1, 0.005);
}

TEST(SplitFigure, ShowsBothWaysAndThePrediction) {
  const Fitted fitted = Budgets();
  const Figure figure = SplitFigure(fitted.answer);
  EXPECT_EQ(PointsNamed(figure, "best of a budget").places.size(), 3U);
  EXPECT_EQ(PointsNamed(figure, "predicted").places.size(), 1U);
  ASSERT_EQ(figure.curves.size(), 2U);
  const Prediction best = fitted.answer.law.Predict(At(NAN, NAN, NAN, 1e21));
  EXPECT_DOUBLE_EQ(figure.curves[0].places.back().y, best.value);
  EXPECT_DOUBLE_EQ(figure.curves[0].places.back().hi, best.confidence.hi);
  EXPECT_GT(figure.curves[0].dashed_beyond, 1e20);
}

// A table of optima has no runs to draw a valley through.
TEST(IsoFlopFigure, IsEmptyForGivenOptima) {
  ComputeLawFit given;
  given.optima = {{1e18, 1e8, 1e9, 0.1, NAN, 1, Censoring::kNone, {}}};
  EXPECT_TRUE(IsoFlopFigure(given, {}).x.empty());
}

}  // namespace
}  // namespace saelaw
