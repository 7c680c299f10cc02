#include "fit/rates/lr_advice.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "fit/fit_testing.h"

namespace saelaw {
namespace {

using testing::Runs;

double BestRate(double tokens) { return 1e-3 * std::pow(tokens / 1e6, -0.3); }

// Three sizes, five rates a factor of 2 apart, 0.3 % noise; all at the edge and above fail.
Runs Sweep(int salt, double cliff, double cliff_exponent) {
  Runs runs;
  for (int size = 0; size < 3; ++size) {
    for (int rate = -2; rate <= 2; ++rate) {
      Point point;
      point.tokens = 1e6 * std::pow(4, size);
      const double z = (rate + 0.3 * std::sin(salt + size)) * std::log(2);
      point.lr = BestRate(point.tokens) * std::exp(z);
      const double noise = 0.003 * std::sqrt(2) * std::sin(salt * 7.1 + 13 * size + 5.3 * rate);
      point.loss = (0.5 + std::pow(point.tokens / 1e6, -0.3)) * std::exp(0.1 * z * z + noise);
      const double edge =
          cliff > 0 ? cliff * 1e-3 * std::pow(point.tokens / 1e6, cliff_exponent) : INFINITY;
      (point.lr < edge ? runs.survived : runs.failed).push_back(point);
    }
  }
  return runs;
}

LrAdvice Advised(const Runs& runs, double tokens) {
  Point target;
  target.tokens = tokens;
  return AdviseRate(
      FitLrLaw(runs.survived, runs.failed, {}), FitLrEdge(runs.survived, runs.failed, {}), target);
}

Stability StabilityOf(const Runs& runs, double tokens, double lr) {
  Point target;
  target.tokens = tokens;
  return StabilityAt(FitLrEdge(runs.survived, runs.failed, {}), target, lr);
}

// 64 times further than the largest size; the larger simulation is analysis/coverage/.
TEST(AdviseRate, CostsLittleInAValley) {
  constexpr double kTarget = 1.6e7 * 64;
  std::vector<double> regrets;
  for (int salt = 0; salt < 200; ++salt) {
    const LrAdvice advice = Advised(Sweep(salt, 0, 0), kTarget);
    ASSERT_TRUE(advice.from_optimum);
    const double z = std::log(advice.lr / BestRate(kTarget));
    regrets.push_back(std::expm1(0.1 * z * z));
  }
  std::sort(regrets.begin(), regrets.end());
  EXPECT_LT(regrets[100], 0.001);
  EXPECT_LT(regrets[190], 0.005);
}

TEST(AdviseRate, StaysBelowACliffThatFallsFaster) {
  for (int salt = 0; salt < 10; ++salt) {
    const LrAdvice advice = Advised(Sweep(salt, 3, -0.6), 1.6e7 * 64);
    EXPECT_GT(advice.lr, 0);
    EXPECT_TRUE(advice.held_by_edge);
    EXPECT_LT(advice.lr, 3e-3 * std::pow(1.6e1 * 64, -0.6));
    const Stability stability = StabilityOf(Sweep(salt, 3, -0.6), 1.6e7 * 64, advice.lr);
    EXPECT_GT(stability.margin, 0);
    EXPECT_NEAR(stability.survival, 0.99, 1e-3);
  }
}

// Below the edge the optimum's interval and regret say nothing; the distance to it has its cost.
TEST(AdviseRate, SaysWhatBeingHeldBelowTheEdgeCosts) {
  constexpr double kTarget = 1.6e7 * 64;
  const LrAdvice held = Advised(Sweep(1, 4, -0.45), kTarget);
  ASSERT_TRUE(held.held_by_edge);
  EXPECT_TRUE(std::isnan(held.regret));
  EXPECT_FALSE(held.interval.known());
  const double z = std::log(held.lr / BestRate(kTarget));
  EXPECT_NEAR(held.cost, std::expm1(0.1 * z * z), 0.15 * held.cost);
  EXPECT_LE(held.cost_interval.lo, held.cost);
  EXPECT_GE(held.cost_interval.hi, held.cost);
  const LrAdvice free = Advised(Sweep(1, 0, 0), kTarget);
  EXPECT_EQ(free.cost, 0);
  EXPECT_TRUE(std::isnan(StabilityOf(Sweep(1, 0, 0), kTarget, free.lr).survival));
}

// A parabola that was measured down to a quarter of the best rate says nothing of a tenth.
TEST(AdviseRate, DoesNotSayWhatARateCostsThatIsFarBelowAnyTrained) {
  constexpr double kTarget = 1.6e7 * 64;
  const LrAdvice held = Advised(Sweep(1, 3, -0.6), kTarget);
  ASSERT_TRUE(held.held_by_edge);
  ASSERT_LT(held.lr, BestRate(kTarget) / 5);
  EXPECT_TRUE(std::isnan(held.cost));
  EXPECT_FALSE(held.cost_interval.known());
}

// Survival is a lottery of width 0.15 near the edge, three seeds of every rate; nominal 99 %.
TEST(AdviseRate, AdvisesARateThatSurvivesALottery) {
  constexpr double kTarget = 1.6e7 * 64;
  constexpr double kWidth = 0.15;
  const auto failure = [](double tokens, double lr) {
    const double edge = 3e-3 * std::pow(tokens / 1e6, -0.45);
    return 1 / (1 + std::pow(edge / lr, 1 / kWidth));
  };
  double failures = 0;
  int advised = 0;
  for (int salt = 0; salt < 60; ++salt) {
    Runs runs;
    const Runs even = Sweep(salt, 0, 0);
    for (int seed = 0; seed < 3; ++seed) {
      for (Point point : even.survived) {
        point.seed = seed;
        // The fractional part of a steep sine spreads evenly enough.
        const double draw = std::abs(
            std::sin(salt * 12.9898 + seed * 78.233 + std::log(point.lr) * 37.719) * 43758.5453);
        const bool fails = draw - std::floor(draw) < failure(point.tokens, point.lr);
        (fails ? runs.failed : runs.survived).push_back(point);
      }
    }
    const LrAdvice advice = Advised(runs, kTarget);
    if (advice.lr == 0) continue;
    ++advised;
    failures += failure(kTarget, advice.lr);
  }
  EXPECT_GT(advised, 50);
  EXPECT_LT(failures / advised, 0.05);
}

// The rows whose threshold moves at the weights' rate: 8e-3 is best at 131,072 tokens and collapses
// at 262,144 (tests/fit/data/README.md).
TEST(AdviseRate, DoesNotAdviseTheRateThatCollapsedOnMeasuredActivations) {
  const Runs runs = testing::MeasuredRates();
  const LrEdgeFit edge = FitLrEdge(runs.survived, runs.failed, {});
  const auto at = std::find_if(edge.brackets.begin(),
                               edge.brackets.end(),
                               [](const LrEdgeBracket& b) { return b.tokens == 262144; });
  ASSERT_NE(at, edge.brackets.end());
  EXPECT_EQ(at->last_survivor, 4e-3);
  EXPECT_EQ(at->first_failure, 8e-3);
  for (const double tokens : {262144.0, 524288.0, 2097152.0}) {
    const LrAdvice advice = Advised(runs, tokens);
    EXPECT_GT(advice.lr, 0);
    EXPECT_LT(advice.lr, 8e-3) << tokens;
  }
}

TEST(AdviseRate, AdvisesNothingWithoutALawOrACliff) { EXPECT_EQ(Advised({}, 1e9).lr, 0); }

}  // namespace
}  // namespace saelaw
