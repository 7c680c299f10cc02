#include "fit/rates/budgets.h"

#include <cmath>

#include <gtest/gtest.h>

#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

std::vector<Point> AtComputes(const std::vector<double>& computes) {
  std::vector<Point> points;
  for (const double compute : computes) {
    points.emplace_back();
    points.back().compute = compute;
  }
  return points;
}

TEST(SplitByBudget, FindsTheGaps) {
  // Three runs each whose real compute differs by 5 %, a factor of 3 apart.
  const auto budgets = SplitByBudget(AtComputes({1e18, 1.05e18, 1.1e18, 3e18, 3.15e18, 3.3e18}));
  ASSERT_EQ(budgets.size(), 2u);
  EXPECT_EQ(budgets[1].size(), 3u);
  EXPECT_NEAR(MeanCompute(budgets[0]), std::cbrt(1.05 * 1.1) * 1e18, 1e10);
}

TEST(SplitByBudget, KeepsAListOfOptimaApart) {
  EXPECT_EQ(SplitByBudget(AtComputes({1e18, 1.25e18, 1.6e18, 2e18, 2.5e18})).size(), 5u);
  EXPECT_EQ(SplitByBudget(AtComputes({1e18, 1.03e18, 3e18, 9e18})).size(), 4u);
}

TEST(SplitByBudget, TakesRoundedStepsAsOneBudget) {
  EXPECT_EQ(SplitByBudget(AtComputes({1e18, 1.004e18, 1.3e18, 1.301e18})).size(), 2u);
  EXPECT_TRUE(SplitByBudget({}).empty());
}

// ln loss = a - .05 ln C + .03 (ln N - .5 ln C)², the more compute the larger the size within each
// budget: without the runs moved to their budget's compute the bottoms would lie too high.
TEST(FitBudgets, MovesRunsToTheirBudget) {
  std::vector<Budget> budgets;
  for (const double nominal : {1e18, 1e19, 1e20, 1e21}) {
    budgets.emplace_back();
    for (int i = -3; i <= 3; ++i) {
      Point point;
      point.compute = nominal * (1 + 0.02 * i);
      const double log_compute = std::log(point.compute);
      point.params = std::exp(0.5 * std::log(nominal) + 0.4 * i);
      const double z = std::log(point.params) - 0.5 * log_compute;
      point.loss = std::exp(2.5 - 0.05 * log_compute + 0.03 * z * z);
      budgets.back().push_back(point);
    }
  }
  const BudgetValleys found = FitBudgets(budgets);
  ASSERT_TRUE(found.law.ok()) << testing::Why(found.law);
  ASSERT_EQ(found.optima.size(), 4u);
  for (const ComputeOptimum& optimum : found.optima) {
    EXPECT_NEAR(std::log(optimum.params) - 0.5 * std::log(optimum.compute), 0, 1e-3);
  }
  EXPECT_NEAR(found.law.Slope(0, 0).value, 0.5, 1e-3);
}

}  // namespace
}  // namespace saelaw
