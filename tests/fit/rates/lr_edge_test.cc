#include "fit/rates/lr_edge.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <gtest/gtest.h>

#include "fit/fit_testing.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

using testing::At;
using testing::Runs;

// Runs on a grid of factor sqrt(2); all above 3 D^-0.3 fail.
Runs SharpEdge(std::initializer_list<double> sizes) {
  Runs runs;
  for (const double tokens : sizes) {
    const double edge = 3 * std::pow(tokens, -0.3);
    for (int step = -6; step <= 6; ++step) {
      Point point;
      point.tokens = tokens;
      point.lr = 0.02 * std::pow(2, step / 2.0);
      point.loss = 1;
      (point.lr < edge ? runs.survived : runs.failed).push_back(point);
    }
  }
  return runs;
}

TEST(FitLrEdge, IntervalContainsASharpEdge) {
  const Runs runs = SharpEdge({1e6, 4e6, 1.6e7, 6.4e7});
  const LrEdgeFit fit = FitLrEdge(runs.survived, runs.failed, {});
  ASSERT_TRUE(fit.ok()) << testing::Why(fit.law);
  EXPECT_TRUE(testing::Contains(fit.law.Find("exponent")->interval, -0.3));
  EXPECT_NEAR(fit.law.Get("exponent"), -0.3, 0.1);
  for (const double tokens : {1e6, 6.4e7, 5e8}) {
    const double edge = 3 * std::pow(tokens, -0.3);
    EXPECT_TRUE(testing::Contains(fit.law.Predict(At(tokens)).confidence, edge)) << tokens;
    EXPECT_LT(fit.LowerBound(tokens), edge);
  }
}

TEST(FitLrEdge, WidensAwayFromTheData) {
  const Runs runs = SharpEdge({1e6, 4e6, 1.6e7});
  const LrEdgeFit fit = FitLrEdge(runs.survived, runs.failed, {});
  const auto width = [&](double tokens) {
    const Interval interval = fit.law.Predict(At(tokens)).confidence;
    return std::log(interval.hi / interval.lo);
  };
  EXPECT_GT(width(1e10), 2 * width(4e6));
}

// smollm2_probe.csv with the threshold's step at the weights' rate: 4e-3 survives and 8e-3
// collapses at 262,144 tokens.
TEST(FitLrEdge, FindsTheEdgeOfMeasuredActivations) {
  const Runs runs = testing::MeasuredRates();
  EXPECT_EQ(runs.failed.size(), 6u);
  const LrEdgeFit fit = FitLrEdge(runs.survived, runs.failed, {});
  ASSERT_TRUE(fit.ok());
  const double edge = fit.law.Predict(At(262144)).value;
  EXPECT_GT(edge, 4e-3);
  EXPECT_LT(edge, 8e-3);
  EXPECT_LT(fit.law.Find("exponent")->interval.hi, 0);
  ASSERT_EQ(fit.brackets.size(), 5u);
  EXPECT_EQ(fit.brackets[0].first_failure, 0);
  EXPECT_EQ(fit.brackets[3].last_survivor, 4e-3);
  EXPECT_EQ(fit.brackets[3].first_failure, 8e-3);
}

// The other brackets of that table, and those with the threshold's step set apart (2.5e-4), where a
// rate counts as failed when one of its two seeds collapsed.
TEST(FitLrEdge, FindsTheOtherBracketsOfMeasuredActivations) {
  struct Bracket {
    double tokens, survivor, failure;
  };
  for (const bool apart : {false, true}) {
    Runs runs;
    for (const auto& row : testing::Rows("smollm2_probe.csv")) {
      if ((row[1] != row[2]) != apart) continue;
      Point point;
      point.tokens = row[0];
      point.lr = row[1];
      point.seed = static_cast<std::int64_t>(row[3]);
      point.loss = row[4];
      (row[7] > 0.5 ? runs.failed : runs.survived).push_back(point);
    }
    const LrEdgeFit fit = FitLrEdge(runs.survived, runs.failed, {});
    ASSERT_TRUE(fit.ok());
    const std::vector<Bracket> expected =
        apart ? std::vector<Bracket>{{65536, 8e-3, 1.6e-2}, {262144, 4e-3, 8e-3}, {524288, 8e-3, 0}}
              : std::vector<Bracket>{{32768, 1.6e-2, 0},
                                     {65536, 8e-3, 1.6e-2},
                                     {131072, 8e-3, 1.6e-2},
                                     {262144, 4e-3, 8e-3},
                                     {524288, 4e-3, 8e-3}};
    ASSERT_EQ(fit.brackets.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(fit.brackets[i].tokens, expected[i].tokens);
      EXPECT_EQ(fit.brackets[i].last_survivor, expected[i].survivor) << expected[i].tokens;
      EXPECT_EQ(fit.brackets[i].first_failure, expected[i].failure) << expected[i].tokens;
    }
    // With its own step the fall of the edge is mostly gone.
    const Interval exponent = fit.law.Find("exponent")->interval;
    if (apart) {
      EXPECT_GT(exponent.hi, -0.1);
    } else {
      EXPECT_LT(exponent.hi, 0);
    }
  }
}

TEST(FitLrEdge, RefusesWithoutFailuresOrBrackets) {
  const Runs runs = SharpEdge({1e6, 4e6});
  EXPECT_EQ(testing::Why(FitLrEdge(runs.survived, {}, {}).law), "nothing-failed");
  EXPECT_EQ(testing::Why(FitLrEdge({}, runs.failed, {}).law), "not-bracketed");
}

TEST(FitLrEdge, OneBracketWarnsThatTheExponentIsAssumed) {
  const Runs runs = SharpEdge({4e6});
  const LrEdgeFit fit = FitLrEdge(runs.survived, runs.failed, {});
  ASSERT_TRUE(fit.ok());
  ASSERT_FALSE(fit.warnings.empty());
  EXPECT_TRUE(std::holds_alternative<warning::EdgeFromPrior>(fit.warnings[0]));
  EXPECT_TRUE(testing::Contains(fit.law.Find("exponent")->interval, 0.5));
}

Runs Repeated(const Runs& runs, int seeds) {
  Runs repeated;
  for (int seed = 0; seed < seeds; ++seed) {
    for (Point point : runs.survived) {
      point.seed = seed;
      repeated.survived.push_back(point);
    }
    for (Point point : runs.failed) {
      point.seed = seed;
      repeated.failed.push_back(point);
    }
  }
  return repeated;
}

// The bound is of one run: it fails there once in a hundred, and half of the times at the edge.
TEST(FitLrEdge, BoundIsTheRateThatOneRunSurvivesWith99Percent) {
  const Runs runs = SharpEdge({1e6, 4e6, 1.6e7});
  const LrEdgeFit fit = FitLrEdge(runs.survived, runs.failed, {});
  for (const double tokens : {1e6, 1.6e7, 1e9}) {
    EXPECT_NEAR(fit.failure_probability(tokens, fit.LowerBound(tokens)), kFailureAtBound, 5e-4);
    EXPECT_NEAR(fit.failure_probability(tokens, fit.law.Predict(At(tokens)).value), 0.5, 0.1);
    const Interval one_run = fit.law.Predict(At(tokens)).prediction;
    const Interval edge = fit.law.Predict(At(tokens)).confidence;
    EXPECT_LT(one_run.lo, 1.001 * edge.lo);
    EXPECT_GT(one_run.hi, 0.999 * edge.hi);
  }
}

// Every other of these rates.
Runs Coarser(const Runs& runs) {
  Runs coarser;
  const auto keep = [](const Point& point) {
    return std::lround(2 * std::log2(point.lr / 0.02)) % 2 == 0;
  };
  std::copy_if(
      runs.survived.begin(), runs.survived.end(), std::back_inserter(coarser.survived), keep);
  std::copy_if(runs.failed.begin(), runs.failed.end(), std::back_inserter(coarser.failed), keep);
  return coarser;
}

// Seeds that agree say that survival is no lottery.
TEST(FitLrEdge, SeedsThatAgreeRaiseTheBound) {
  const Runs runs = Coarser(SharpEdge({1e6, 4e6, 1.6e7}));
  const Runs more = Repeated(runs, 4);
  const LrEdgeFit one = FitLrEdge(runs.survived, runs.failed, {});
  const LrEdgeFit four = FitLrEdge(more.survived, more.failed, {});
  EXPECT_GT(four.LowerBound(1e9), 1.1 * one.LowerBound(1e9));
  EXPECT_LT(four.law.Get("width"), 0.7 * one.law.Get("width"));
  ASSERT_EQ(one.warnings.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<warning::NoSecondSeed>(one.warnings[0]));
  EXPECT_TRUE(four.warnings.empty());
}

// Half of the seeds fail within a factor of 1.6 of the edge: the width is about ln 1.6.
TEST(FitLrEdge, SeedsThatDisagreeWidenTheEdge) {
  Runs runs = Repeated(SharpEdge({1e6, 4e6, 1.6e7}), 4);
  Runs lottery;
  const auto near = [](const Point& point) {
    return std::abs(std::log(point.lr / (3 * std::pow(point.tokens, -0.3)))) < 0.5;
  };
  for (Point point : runs.survived) {
    (near(point) && point.seed % 2 == 0 ? lottery.failed : lottery.survived).push_back(point);
  }
  for (Point point : runs.failed) {
    (near(point) && point.seed % 2 == 1 ? lottery.survived : lottery.failed).push_back(point);
  }
  const LrEdgeFit sharp = FitLrEdge(runs.survived, runs.failed, {});
  const LrEdgeFit wide = FitLrEdge(lottery.survived, lottery.failed, {});
  EXPECT_GT(wide.law.Get("width"), 0.2);
  EXPECT_LT(sharp.law.Get("width"), 0.1);
  EXPECT_LT(wide.LowerBound(1.6e7), 0.5 * sharp.LowerBound(1.6e7));
}

TEST(FitLrEdge, ListsFailuresWithTheirReasons) {
  Runs runs = SharpEdge({1e6, 4e6});
  runs.failed[0].failure = Failure::kCollapsed;
  runs.survived[0].loss = std::nan("");
  const LrEdgeFit fit = FitLrEdge(runs.survived, runs.failed, {});
  ASSERT_EQ(fit.law.dropped.size(), runs.failed.size() + 1);
  EXPECT_EQ(fit.law.dropped[0].reason, "diverged: loss is nan");
  EXPECT_EQ(fit.law.dropped[1].reason, "collapsed");
  EXPECT_EQ(fit.law.dropped[2].reason, "diverged or collapsed");
}

TEST(FitLrEdge, SaysThatSizesAreTakenAsOne) {
  Runs runs = Repeated(SharpEdge({1e6, 4e6}), 2);
  for (Point& point : runs.survived) point.params = point.tokens;
  for (Point& point : runs.failed) point.params = point.tokens;
  const LrEdgeFit fit = FitLrEdge(runs.survived, runs.failed, {});
  ASSERT_TRUE(fit.ok());
  ASSERT_EQ(fit.warnings.size(), 1u);
  const auto* as_one = std::get_if<warning::EdgeTakenAsOne>(&fit.warnings[0]);
  ASSERT_NE(as_one, nullptr);
  EXPECT_EQ(as_one->varies, Variable::kParams);
}

}  // namespace
}  // namespace saelaw
