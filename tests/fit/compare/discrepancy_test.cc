#include "fit/compare/discrepancy.h"

#include <gtest/gtest.h>

#include "fit/case_testing.h"
#include "fit/compare/compare_testing.h"
#include "fit/fit_testing.h"
#include "fit/intervals/held_out_error.h"

namespace saelaw {
namespace {

using testing::At;
using testing::Contains;
using testing::LogWidth;

struct Pair {
  LawFit before;
  LawFit after;
};

Pair Fitted(const std::vector<Point>& points) {
  Pair pair{FitLaw("data", points, {}), FitLaw("data", points, {})};
  AddDiscrepancy(points, FitOptions{}, pair.after);
  return pair;
}

// Source: tests/fit/data/cases/README.md. No fit can see the bend; the interval was .654 to .674.
TEST(AddDiscrepancy, HoldsABendThatNobodyMeasured) {
  testing::TableQuestion question{"broken_power_law"};
  question.estimator = Estimator::kLeastSquaresLog;
  question.at = {At(512e6)};
  const LawAnswer answer = testing::AnswerOf(question);
  ASSERT_TRUE(answer.ok());
  EXPECT_NEAR(answer.predictions[0].value, 0.6643, 1e-4);
  EXPECT_TRUE(Contains(answer.predictions[0].prediction, 0.6903));
  EXPECT_LT(answer.predictions[0].prediction.hi, 0.70);
  EXPECT_TRUE(answer.law.discrepancy.known);
  EXPECT_EQ(answer.law.discrepancy.own_scales, 4u);
}

TEST(AddDiscrepancy, GrowsBeyondThePointsAndVanishesAmongThem) {
  const Pair pair = Fitted(testing::Sweep(testing::Floored, 0.005));
  for (const double among : {1e6, 5e6, 32e6}) {
    EXPECT_NEAR(LogWidth(pair.after.Predict(At(among)).prediction),
                LogWidth(pair.before.Predict(At(among)).prediction),
                1e-12);
  }
  double last = 0;
  for (const double times : {2.0, 8.0, 32.0}) {
    const Prediction now = pair.after.Predict(At(times * 32e6));
    EXPECT_GT(now.discrepancy.above, last);
    last = now.discrepancy.above;
    EXPECT_GT(LogWidth(now.confidence), LogWidth(pair.before.Predict(At(times * 32e6)).confidence));
    EXPECT_EQ(now.value, pair.before.Predict(At(times * 32e6)).value);
  }
  for (std::size_t i = 0; i < pair.before.params.size(); ++i) {
    EXPECT_EQ(pair.after.params[i].interval.lo, pair.before.params[i].interval.lo);
  }
}

TEST(AddDiscrepancy, IsInPredictionsOnTheSameDocuments) {
  std::vector<Point> points = testing::Sweep(testing::Floored, 0.005);
  for (Point& point : points) point.held_out_shifts = testing::Shifts(0.01);
  LawFit fit = FitLaw("data", points, {});
  AddHeldOutError(points, {}, fit);
  const double before = LogWidth(fit.PredictOnSameSet(At(256e6)).prediction);
  AddDiscrepancy(points, FitOptions{}, fit);
  EXPECT_GT(LogWidth(fit.PredictOnSameSet(At(256e6)).prediction), before);
  EXPECT_GT(LogWidth(fit.Predict(At(256e6)).prediction),
            LogWidth(fit.PredictOnSameSet(At(256e6)).prediction));
}

TEST(AddDiscrepancy, ReachesToALawThatIsClearlyBetter) {
  const auto points = testing::Sweep(testing::Floored, 0.003);
  LawFit fit = FitLaw("power", points, {});
  AddDiscrepancy(points, FitOptions{}, fit);
  ASSERT_FALSE(fit.warnings.empty());
  const auto* better = std::get_if<warning::BetterLaw>(&fit.warnings.back());
  ASSERT_NE(better, nullptr);
  EXPECT_EQ(better->law, "data");
  EXPECT_EQ(better->asked, "power");
  EXPECT_TRUE(Contains(fit.Predict(At(256e6)).confidence, testing::Floored(256)));
}

RolledScale PairOf(double error, double sd, double fall) {
  RolledScale pair;
  pair.origin = 3;
  pair.scale = 3;
  pair.error = error;
  pair.sd = sd;
  pair.df = 10;
  pair.fall = fall;
  return pair;
}

// Without a word of the sweep: the root mean square of a lognormal, median·e^(sd²), on the grid.
TEST(ComputeShares, AreThePoolsWithoutHeldOutScales) {
  const DiscrepancyShares shares = ComputeShares({});
  EXPECT_NEAR(shares.above, 0.11 * std::exp(0.25), 2e-3);
  EXPECT_GT(shares.below, 0.1);
  const std::vector<RolledScale> unknown{PairOf(0.1, std::nan(""), 0.2)};
  EXPECT_EQ(ComputeShares(unknown).above, shares.above);
}

TEST(ComputeShares, FollowWhatTheSweepHeldOut) {
  const DiscrepancyShares pools = ComputeShares({});
  const std::vector<RolledScale> clean(3, PairOf(0.0001, 0.001, 0.1));
  EXPECT_LT(ComputeShares(clean).above, pools.above);
  EXPECT_LT(ComputeShares(clean).below, pools.below / 2);
  const std::vector<RolledScale> low(3, PairOf(-0.05, 0.001, 0.1));
  EXPECT_GT(ComputeShares(low).below, 0.3);
  const std::vector<RolledScale> high(3, PairOf(0.05, 0.001, 0.1));
  EXPECT_GT(ComputeShares(high).above, 0.2);
}

}  // namespace
}  // namespace saelaw
