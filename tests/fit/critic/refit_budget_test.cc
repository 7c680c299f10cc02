#include "fit/critic/refit_budget.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

LawFit Fit(int points, std::size_t parameters) {
  LawFit fit;
  fit.n_points = points;
  fit.starts_tried = fit.searches = 12;
  fit.params.resize(parameters);
  return fit;
}

// 12 starts, and three searches for each of 1,000 resamples.
TEST(RefitBudget, IsWhatTheFitItselfTook) {
  FitOptions options = TableOptions();
  EXPECT_EQ(RefitBudget(Fit(4000, 21), options).left(), 3012u);
  options.interval_method = IntervalMethod::kNone;
  EXPECT_EQ(RefitBudget(Fit(4000, 21), options).left(), 12u);
  options.interval_method = IntervalMethod::kProfileF;
  EXPECT_EQ(RefitBudget(Fit(4000, 21), options).left(), 12u + 16u * 21u);
}

TEST(RefitBudget, AllowsMoreWhereASearchIsCheap) {
  FitOptions options;
  options.interval_method = IntervalMethod::kNone;
  EXPECT_GT(RefitBudget(Fit(18, 3), options).left(), 10'000u);
}

TEST(RefitBudget, TakesAllOrNothing) {
  FitOptions options;
  options.interval_method = IntervalMethod::kNone;
  RefitBudget budget(Fit(4000, 21), options);
  EXPECT_FALSE(budget.Take(1, 12, 1));
  EXPECT_TRUE(budget.Take(5, 2));
  EXPECT_FALSE(budget.Take(1, 3));
  EXPECT_EQ(budget.left(), 2u);
}

}  // namespace
}  // namespace saelaw
