#include "fit/rates/lr_law.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/random.h"
#include "fit/fit_testing.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

std::vector<Point> EdgeSweep() {
  std::vector<Point> points;
  for (const auto& row : testing::Rows("syn_lr_sweep_edge_diverged.csv")) {
    Point point;
    point.tokens = row[0];
    point.lr = row[1];
    point.seed = static_cast<std::int64_t>(row[2]);
    point.loss = row[3];
    point.row = static_cast<std::int64_t>(points.size()) + 2;
    points.push_back(point);
  }
  return points;
}

// ln loss = 0.02 (ln lr - ln lr*)² with lr* = 2 D^-0.4 on a grid of factor 2 around it.
std::vector<Point> Parabolas(std::initializer_list<double> sizes, int below, int above) {
  std::vector<Point> points;
  for (const double tokens : sizes) {
    const double best = 2 * std::pow(tokens, -0.4);
    for (int step = -below; step <= above; ++step) {
      Point point;
      point.tokens = tokens;
      point.lr = best * std::pow(2, step + 0.2);
      const double z = std::log(point.lr / best);
      point.loss = std::exp(0.02 * z * z);
      points.push_back(point);
    }
  }
  return points;
}

TEST(FitLrLaw, RecoversTheExponentOfASweepWithPlantedFaults) {
  const LrLawFit fit = FitLrLaw(EdgeSweep(), {}, {});
  ASSERT_TRUE(fit.ok()) << testing::Why(fit.law);
  EXPECT_NEAR(fit.law.Get("exponent"), -0.2962, 0.02);
  EXPECT_TRUE(testing::Contains(fit.law.Find("exponent")->interval, -0.30));
  ASSERT_EQ(fit.optima.size(), 6u);
  EXPECT_EQ(fit.optima.back().censoring, Censoring::kGridLow);
  EXPECT_EQ(fit.optima.back().tokens, 6.4e8);
  EXPECT_EQ(std::count_if(fit.optima.begin(),
                          fit.optima.end(),
                          [](const LrOptimum& o) { return o.censoring == Censoring::kNone; }),
            5);
}

TEST(FitLrLaw, ListsPlantedFaultsWithAReason) {
  const LrLawFit fit = FitLrLaw(EdgeSweep(), {}, {});
  ASSERT_EQ(fit.dropped.size(), 2u);
  EXPECT_EQ(fit.dropped[0].reason, "diverged: loss is nan");
  EXPECT_NE(fit.dropped[1].reason.find("over 3 times"), std::string::npos);
}

TEST(FitLrLaw, IsExactForExactParabolas) {
  const LrLawFit fit = FitLrLaw(Parabolas({1e6, 4e6, 1.6e7}, 2, 2), {}, {});
  ASSERT_TRUE(fit.ok());
  EXPECT_NEAR(fit.law.Get("exponent"), -0.4, 1e-9);
  EXPECT_NEAR(fit.law.Get("coef"), 2, 1e-7);
  Point at;
  at.tokens = 2e9;
  EXPECT_NEAR(fit.law.Predict(at).value, 2 * std::pow(2e9, -0.4), 1e-10);
  EXPECT_NEAR(
      Regret(fit.optima[0], std::log(2)), std::expm1(0.02 * std::log(2) * std::log(2)), 1e-9);
}

TEST(FitLrLaw, RefusesWithTwoUncensoredSizes) {
  std::vector<Point> points = Parabolas({1e6, 4e6}, 2, 2);
  const std::vector<Point> edge = Parabolas({1.6e7}, 2, -1);
  points.insert(points.end(), edge.begin(), edge.end());
  const LrLawFit fit = FitLrLaw(points, {}, {});
  EXPECT_FALSE(fit.ok());
  EXPECT_EQ(fit.optima.back().censoring, Censoring::kGridHigh);
  const auto* few = testing::RefusedAs<refusal::FewOptima>(fit.law);
  ASSERT_NE(few, nullptr) << testing::Why(fit.law);
  EXPECT_EQ(few->got, 2);
  EXPECT_EQ(few->sizes, 3u);
}

TEST(FitLrLaw, TakesACliffAsABound) {
  std::vector<Point> points = Parabolas({1e6, 4e6, 1.6e7}, 2, 2);
  // At 6.4e7 the best survivor stands at the cliff, at eight times the law's optimum.
  std::vector<Point> failed;
  const double best = 2 * std::pow(6.4e7, -0.4);
  for (int step = 0; step <= 4; ++step) {
    Point point;
    point.tokens = 6.4e7;
    point.lr = best * std::pow(2, step);
    point.loss = 1 - 0.01 * step;
    (step < 4 ? points : failed).push_back(point);
  }
  const LrLawFit fit = FitLrLaw(points, failed, {});
  ASSERT_TRUE(fit.ok());
  const LrOptimum& cliff = fit.optima.back();
  EXPECT_EQ(cliff.censoring, Censoring::kCliff);
  EXPECT_NEAR(cliff.last_survivor, best * 8, 1e-9);
  EXPECT_NEAR(cliff.first_failure, best * 16, 1e-9);
  EXPECT_NEAR(cliff.lower_bound, best * std::pow(2, 2.5), 1e-9);
  EXPECT_GT(fit.law.Get("exponent"), -0.4 + 0.05);
}

TEST(FitLrLaw, SeesTheCliffOfMeasuredActivations) {
  std::vector<Point> points;
  std::vector<Point> failed;
  for (const auto& row : testing::Rows("smollm2_probe.csv")) {
    if (row[1] != row[2]) continue;  // the threshold's step at the weights' rate
    Point point;
    point.tokens = row[0];
    point.lr = row[1];
    point.loss = row[4];
    (row[7] > 0.5 ? failed : points).push_back(point);
  }
  const LrLawFit fit = FitLrLaw(points, failed, {});
  ASSERT_EQ(fit.optima.size(), 5u);
  const LrOptimum& at_262k = fit.optima[3];
  EXPECT_EQ(at_262k.tokens, 262144);
  EXPECT_EQ(at_262k.censoring, Censoring::kCliff);
  EXPECT_EQ(at_262k.last_survivor, 4e-3);
  EXPECT_EQ(at_262k.first_failure, 8e-3);
  EXPECT_EQ(fit.optima[0].censoring, Censoring::kNone);
  EXPECT_FALSE(fit.ok());
  EXPECT_EQ(fit.dropped.size(), 6u);
}

// A data order that shifts all losses of a size alike moves no optimum: nor does it widen the law,
// where one level for all would take it for noise of 5 %.
TEST(FitLrLaw, KeepsTheShiftOfAStreamOutOfTheNoise) {
  std::vector<Point> points;
  for (const double shift : {-0.05, 0.0, 0.05}) {
    for (Point point : Parabolas({1e6, 4e6, 1.6e7, 6.4e7}, 2, 2)) {
      point.stream = point.seed = static_cast<std::int64_t>(points.size()) / 20;
      // Each stream has noise of its own.
      const double sign = static_cast<double>(points.size() * 7 % 11) / 5 - 1;
      point.loss *= std::exp(shift + 0.001 * sign);
      points.push_back(point);
    }
  }
  const LrLawFit fit = FitLrLaw(points, {}, {});
  ASSERT_TRUE(fit.ok());
  EXPECT_NEAR(fit.law.noise_sd, 0.001, 0.0005);
  EXPECT_TRUE(testing::Contains(fit.law.Find("exponent")->interval, -0.4));
  // A run that diverged takes no rate's mean with it.
  points[33].loss = std::nan("");
  const LrLawFit uneven = FitLrLaw(points, {}, {});
  ASSERT_TRUE(uneven.ok());
  EXPECT_NEAR(uneven.law.Get("exponent"), fit.law.Get("exponent"), 0.02);
  for (Point& point : points) point.stream = 0;
  EXPECT_GT(FitLrLaw(points, {}, {}).law.noise_sd, 0.03);
}

// A study runs its further seeds at some rates alone. An easy stream makes the rate that it was run
// at no better.
TEST(FitLrLaw, IsExactWhereAFurtherStreamStandsAtOneRateAlone) {
  std::vector<Point> points = Parabolas({1e6, 4e6, 1.6e7}, 2, 2);
  for (Point& point : points) point.stream = 1;
  for (std::size_t upper = 3; upper < 15; upper += 5) {
    Point further = points[upper];
    further.seed = 1;
    further.stream = 2;
    further.loss *= std::exp(-0.05);
    points.push_back(further);
  }
  const LrLawFit fit = FitLrLaw(points, {}, {});
  ASSERT_TRUE(fit.ok());
  EXPECT_NEAR(fit.optima[0].best_lr, points[2].lr, 1e-15);
  EXPECT_NEAR(fit.law.Get("exponent"), -0.4, 1e-9);
  EXPECT_NEAR(fit.law.Get("coef"), 2, 1e-7);
  EXPECT_LT(fit.law.noise_sd, 1e-6);
  // Points that share a stream with no other are one group.
  std::vector<Point> alone = points;
  for (std::size_t i = 0; i < 15; ++i) alone[i].stream = 100 + static_cast<std::int64_t>(i);
  EXPECT_NEAR(FitLrLaw(alone, {}, {}).law.Get("coef"), 2, 1e-7);
  // At the lowest rate it stands at another than any that the first stream has: nothing connects
  // them, and each speaks for itself.
  points[15].lr *= 1.001;
  EXPECT_TRUE(FitLrLaw(points, {}, {}).ok());
}

// Rows of tokens, lr and loss, with a seed where there is one before the loss.
std::vector<Point> SweepOf(const char* name) {
  std::vector<Point> points;
  for (const auto& row : testing::Rows(name)) {
    Point point;
    point.tokens = row[0];
    point.lr = row[1];
    if (row.size() > 3) point.seed = static_cast<std::int64_t>(row[2]);
    point.loss = row.back();
    points.push_back(point);
  }
  return points;
}

// LR* = 1e-3 (D/1e6)^-.3 (tests/fit/data/README.md).
TEST(FitLrLaw, FindsTheOptimumOfARandomSearch) {
  const LrLawFit fit = FitLrLaw(SweepOf("lr_random_search.csv"), {}, {});
  ASSERT_TRUE(fit.ok()) << testing::Why(fit.law);
  const Prediction best = fit.law.Predict(testing::At(1.024e9));
  EXPECT_NEAR(std::log(best.value / 1.25e-4), 0, 0.15);
  EXPECT_TRUE(testing::Contains(best.confidence, 1.25e-4));
  EXPECT_TRUE(testing::Contains(fit.law.Find("exponent")->interval, -0.3));
}

// .05 z² below the optimum and .4 z² above it (tests/fit/data/README.md).
TEST(FitLrLaw, FindsTheOptimumOfASkewedValley) {
  const LrLawFit fit = FitLrLaw(SweepOf("lr_asymmetric_valley.csv"), {}, {});
  ASSERT_TRUE(fit.ok()) << testing::Why(fit.law);
  const Prediction best = fit.law.Predict(testing::At(1.024e9));
  EXPECT_NEAR(std::log(best.value / 1.25e-4), 0, 0.05);
  EXPECT_TRUE(testing::Contains(best.confidence, 1.25e-4));
  EXPECT_LT(testing::LogWidth(best.confidence), 0.15);
  // The replicates' noise, and not what a parabola would miss.
  EXPECT_NEAR(fit.law.noise_sd, 0.005, 0.001);
  const auto& shapes = std::get<assumption::OneShape>(fit.law.assumption).shapes;
  EXPECT_TRUE(std::any_of(shapes.begin(), shapes.end(), [](const auto& shape) {
    return shape.name.find("skewed") != std::string_view::npos;
  }));
  EXPECT_NEAR(fit.Regret(0.5) / fit.Regret(-0.5), 0.4 / 0.05, 2);
}

// Every size sees the same range of rates: 5, 9 or 17 of them. Coarser grids are parts of finer
// ones.
TEST(FitLrLaw, IsBetterWithMoreRates) {
  std::vector<double> widths;
  for (const int every : {4, 2, 1}) {
    std::vector<Point> points;
    Random draws(20261128);
    for (const double tokens : {1e6, 2e6, 4e6, 8e6, 1.6e7}) {
      const double best = 1e-3 * std::pow(tokens / 1e6, -0.3);
      for (int i = 0; i < 17; ++i) {
        Point point;
        point.tokens = tokens;
        point.lr = best * std::pow(2, (i - 8) / 4.0 + 0.1);
        const double z = std::log(point.lr / best);
        point.loss = std::exp(0.03 * z * z + 0.003 * draws.Normal());
        if (i % every == 0) points.push_back(point);
      }
    }
    const LrLawFit fit = FitLrLaw(points, {}, {});
    ASSERT_TRUE(fit.ok());
    const Prediction best = fit.law.Predict(testing::At(1.024e9));
    EXPECT_TRUE(testing::Contains(best.confidence, 1e-3 * std::pow(1024, -0.3))) << every;
    widths.push_back(testing::LogWidth(best.confidence));
  }
  EXPECT_LT(widths[1], widths[0]);
  EXPECT_LT(widths[2], widths[1]);
}

// The largest size's optimum lies at the lowest rate. It is no point of the table, but where its
// arm stands decides the law.
TEST(FitLrLaw, ACensoredSizeHasItsSay) {
  std::vector<double> exponents;
  for (const double moved : {1.0, 1.5}) {
    std::vector<Point> points = Parabolas({1e6, 2e6, 4e6}, 2, 2);
    for (Point point : Parabolas({1.6e7}, 0, 4)) {
      point.lr *= moved;
      points.push_back(point);
    }
    Random draws(20261128);
    for (Point& point : points) point.loss *= std::exp(0.001 * draws.Normal());
    const LrLawFit fit = FitLrLaw(points, {}, {});
    ASSERT_TRUE(fit.ok());
    EXPECT_EQ(fit.optima.back().censoring, Censoring::kGridLow);
    EXPECT_EQ(fit.law.n_points, 3);
    exponents.push_back(fit.law.Get("exponent"));
  }
  EXPECT_NEAR(exponents[0], -0.4, 0.05);
  EXPECT_GT(exponents[1], exponents[0] + 0.02);
}

// A wall within the valley has no place in any shape. Replicates show that it is not noise.
TEST(FitLrLaw, SaysThatTheValleysMissWhatReplicatesAgreeOn) {
  std::vector<Point> points;
  Random draws(20261128);
  for (Point point : Parabolas({1e6, 4e6, 1.6e7}, 4, 4)) {
    if (points.size() / 3 % 2 == 0) point.loss *= std::exp(0.03);
    for (int seed = 0; seed < 3; ++seed) {
      point.seed = seed;
      Point run = point;
      run.loss *= std::exp(0.002 * draws.Normal());
      points.push_back(run);
    }
  }
  const LrLawFit fit = FitLrLaw(points, {}, {});
  ASSERT_TRUE(fit.ok());
  EXPECT_LT(fit.law.noise_sd, 0.003);
  const auto* miss = FindWarning<warning::ValleysMiss>(fit.warnings);
  ASSERT_NE(miss, nullptr);
  EXPECT_LT(miss->replicates_sd, 0.01);
}

TEST(FitLrLaw, HasNoIntervalsWhereNoneAreWanted) {
  FitOptions options;
  options.interval_method = IntervalMethod::kNone;
  const LrLawFit fit = FitLrLaw(SweepOf("lr_random_search.csv"), {}, options);
  ASSERT_TRUE(fit.ok());
  EXPECT_FALSE(fit.law.Find("exponent")->interval.known());
  EXPECT_FALSE(fit.law.Predict(testing::At(1e9)).confidence.known());
  EXPECT_EQ(fit.law.interval_method, "none");
}

TEST(FitLrLaw, RefusesWhenNothingSurvived) {
  std::vector<Point> failed = Parabolas({1e6, 4e6, 1.6e7}, 1, 1);
  const LrLawFit fit = FitLrLaw({}, failed, {});
  EXPECT_FALSE(fit.ok());
  EXPECT_EQ(fit.optima[0].censoring, Censoring::kNoSurvivor);
}

}  // namespace
}  // namespace saelaw
