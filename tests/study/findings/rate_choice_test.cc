#include "study/findings/rate_choice.h"

#include <cmath>
#include <deque>

#include <gtest/gtest.h>

#include "study/findings/falling_cliff.h"
#include "study/findings/measured_rate.h"

namespace saelaw {
namespace {

TEST(ChooseRate, SaysWhatAHeldRateCostsAndHowSureItSurvives) {
  Point at;
  at.tokens = 1e9;
  Sweep sweep;
  sweep.target.risk = 0.01;
  const RateChoice choice = ChooseRate(sweep, FallingCliff(), at);
  EXPECT_EQ(choice.basis, LrBasis::kStabilityEdge);
  EXPECT_GT(choice.cost, 0.02);
  EXPECT_GT(choice.cost_interval.hi, choice.cost);
  EXPECT_NEAR(choice.survival, 0.99, 2e-3);
  EXPECT_TRUE(std::isnan(choice.regret));
}

// At 1e9 tokens the best rate lies above the edge: the more risk is taken, the nearer to it, and
// the rate of least expected loss lies between the careful one and the best.
TEST(ChooseRate, TakesTheRiskThatIsNamedOrTheLeastLoss) {
  const RateLaws rates = FallingCliff();
  Point at;
  at.tokens = 1e9;
  Sweep careful, bold;
  careful.target.risk = 0.01;
  bold.target.risk = 0.4;
  const RateChoice safe = ChooseRate(careful, rates, at);
  const RateChoice risky = ChooseRate(bold, rates, at);
  const RateChoice least = ChooseRate({}, rates, at);
  EXPECT_NEAR(risky.survival, 0.6, 0.01);
  EXPECT_LT(safe.lr, risky.lr);
  EXPECT_LT(safe.lr, least.lr);
  EXPECT_LT(least.expected_cost, safe.expected_cost);
  EXPECT_LT(least.expected_cost, risky.expected_cost + 1e-3);
  EXPECT_LE(least.interval.lo, least.lr);
  EXPECT_GE(least.interval.hi, least.lr);
}

KnownRun Completed(std::int64_t tokens, double lr, std::uint64_t seed, double loss) {
  KnownRun run;
  run.spec.tokens = tokens;
  run.spec.sae.d_sae = 128;
  run.spec.training.lr = lr;
  run.spec.seed = run.spec.stream_seed = seed;
  run.result.final.loss = loss;
  return run;
}

// Without a law of the best rate: the best of the measured ones, and no further seed, whose stream
// may be an easy one, makes a rate better.
TEST(ChooseRate, IsNotDrawnToARateByItsFurtherSeed) {
  Sweep sweep;
  sweep.sae.d_sae = sweep.target.d_sae = 128;
  std::deque<KnownRun> runs;
  for (const std::int64_t tokens : {1'000'000, 4'000'000, 16'000'000}) {
    runs.push_back(Completed(tokens, 5e-5, 0, 0.52));
    runs.push_back(Completed(tokens, 5e-5, 1, 0.45));
    runs.push_back(Completed(tokens, 1e-4, 0, 0.5));
  }
  StudyPoints points;
  for (const KnownRun& run : runs) points.played.push_back({&run, Stage::kLrLaw, {}});
  RateLaws laws = FallingCliff();
  laws.best = {};
  laws.best.law.refusal = refusal::NoSurvivor{};
  laws.fitted = TabulateFitted(sweep, points);
  Point at;
  at.tokens = 1.6e7;
  const RateChoice choice = ChooseRate(sweep, laws, at);
  EXPECT_EQ(choice.lr, 1e-4);
  EXPECT_EQ(choice.basis, LrBasis::kStabilityEdge);
}

}  // namespace
}  // namespace saelaw
