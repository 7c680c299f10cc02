#include "report/tables/risk_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using testing::HasSubstr;

RateRisk SomeRisk() {
  RateRisk risk;
  risk.failure_probability = 0.034;
  risk.cost = 0.004;
  risk.failure = {0.05, 0};
  risk.rates = {{1e-4, 0.01, 0.42, 0.421}, {2e-4, 0.02, 0.41, 0.411}, {3e-4, 0.034, 0.4, 0.402}};
  risk.rates.front().safe = true;
  risk.rates.back().advised = risk.rates.back().least_loss = risk.rates.back().best = true;
  return risk;
}

TEST(RiskText, SaysHowItIsKnown) {
  EXPECT_THAT(RiskText(SomeRisk()), HasSubstr("3.4 %; seen after 5 % of the run (assumed)"));
  RateRisk measured = SomeRisk();
  measured.failure.runs = 7;
  EXPECT_THAT(RiskText(measured), HasSubstr("(mean of 7 that failed)"));
  EXPECT_THAT(RiskText({}), HasSubstr("unknown"));
}

TEST(RatesTable, LeavesRatesWithoutANameToPages) {
  EXPECT_EQ(RatesTable(SomeRisk(), false, "").rows.size(), 3U);
  const document::Table named = RatesTable(SomeRisk(), true, "/risk");
  ASSERT_EQ(named.rows.size(), 2U);
  EXPECT_EQ(document::MakeText(named.rows.back().cells.back().line),
            "advised, least expected loss, best if it survives");
  EXPECT_EQ(named.rows.back().cells.front().line.front().pointer, "/risk/rates/2/lr");
}

TEST(RiskFigure, DrawsBothLosses) {
  const document::Figure figure = RiskFigure(SomeRisk());
  ASSERT_EQ(figure.curves.size(), 2U);
  EXPECT_EQ(figure.curves.front().places.size(), 3U);
  EXPECT_EQ(figure.points.front().places.size(), 1U);
  EXPECT_TRUE(RiskFigure({}).x.empty());
}

}  // namespace
}  // namespace saelaw
