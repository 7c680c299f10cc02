#include "report/tables/fit_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/tables/fitted_tables.h"

namespace saelaw {
namespace {

using namespace fitted_tables;  // NOLINT: the tables of these tests

std::vector<std::string> Ids(const Fitted& fitted) {
  std::vector<std::string> ids;
  for (const document::Figure& figure : FitFigures(fitted.answer, fitted.table())) {
    ids.push_back(figure.id);
  }
  return ids;
}

TEST(FitFigures, AreThoseOfTheLawsKind) {
  EXPECT_THAT(Ids(Loss({})), testing::ElementsAre("loss", "residuals"));
  EXPECT_THAT(Ids(Rates("lr")), testing::ElementsAre("rates", "sweeps"));
  EXPECT_THAT(Ids(Rates("lr-edge")), testing::ElementsAre("rates"));
  EXPECT_THAT(Ids(Budgets()), testing::ElementsAre("isoflop", "split", "residuals"));
}

TEST(FitFigures, AreNoneWithoutALaw) {
  Fitted fitted = Loss({});
  fitted.points.resize(1);
  EXPECT_THAT(Ids(Fit("data", fitted, {})), testing::IsEmpty());
}

TEST(RunHover, CallsARowByItsNameWhereItHasOne) {
  Fitted fitted = Loss({});
  FittedTable table = fitted.table();
  EXPECT_THAT(RunHover(fitted.points[0], table), testing::StartsWith("row 2: loss 0.6"));
  EXPECT_THAT(RunHover(fitted.points[0], table), testing::EndsWith(", tokens 1M"));
  table.name = [](std::int64_t row) { return row == 2 ? "run abc" : ""; };
  EXPECT_THAT(RunHover(fitted.points[0], table), testing::StartsWith("run abc: loss 0.6"));
  EXPECT_THAT(RunHover(fitted.points[1], table), testing::StartsWith("row 3: "));
}

}  // namespace
}  // namespace saelaw
