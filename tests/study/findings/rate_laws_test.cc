// What following the advised rate is worth where a stability edge stands below the best rate: a
// smaller simulation of analysis/risk, with seeds of its own.
#include "study/findings/rate_laws.h"

#include <gtest/gtest.h>

#include "study/findings/risk_world.h"

namespace saelaw {
namespace {

using namespace risk_world;  // NOLINT: the world that is simulated

TEST(ChooseRate, HalvesTheRegretOfTheCarefulRuleAndKeepsItsPromise) {
  constexpr Cell kCell = {"cliff -0.6", 0.1, 1, 3, 3, -0.6, 0};
  constexpr int kSweeps = 24;
  constexpr double kSeenAt = 0.05;
  const double least = LeastExpected(kCell, kSeenAt);
  Point target;
  target.tokens = kTarget;
  Sweep careful;
  careful.target.risk = 0.01;
  double before = 0, now = 0;
  int beyond = 0;
  for (std::uint64_t seed = 0; seed < kSweeps; ++seed) {
    const RateLaws rates = SweepIn(kCell, 77'000 + seed);
    const double safe = ChooseRate(careful, rates, target).lr;
    before += Expected(kCell, safe, kSeenAt) - least;
    now += Expected(kCell, ChooseRate({}, rates, target).lr, kSeenAt) - least;
    beyond += safe > Edge(kCell, kTarget) ? 1 : 0;
  }
  EXPECT_LT(now, before / 2);
  EXPECT_LE(beyond, 2);
}

TEST(ExponentOfBest, IsThatOfTheLossesAtTheBestRates) {
  LrLawFit best;
  EXPECT_EQ(ExponentOfBest(best), 0);
  for (const double tokens : {1e6, 4e6, 16e6}) {
    LrOptimum optimum;
    optimum.tokens = tokens;
    optimum.loss = std::pow(tokens, -0.2);
    best.optima.push_back(optimum);
  }
  EXPECT_NEAR(ExponentOfBest(best), 0.2, 1e-12);
  // A size whose grid ends below its best rate has no loss there.
  best.optima.back().loss = 10;
  best.optima.back().censoring = Censoring::kGridHigh;
  EXPECT_NEAR(ExponentOfBest(best), 0.2, 1e-12);
}

}  // namespace
}  // namespace saelaw
