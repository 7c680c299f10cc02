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
  const RateChoice choice = ChooseRate({}, FallingCliff(), at);
  EXPECT_EQ(choice.basis, LrBasis::kStabilityEdge);
  EXPECT_GT(choice.cost, 0.02);
  EXPECT_GT(choice.cost_interval.hi, choice.cost);
  EXPECT_NEAR(choice.survival, 0.99, 2e-3);
  EXPECT_TRUE(std::isnan(choice.regret));
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
  for (const KnownRun& run : runs) points.played.push_back({&run, Stage::kLrLaw, ""});
  RateLaws laws = FallingCliff();
  laws.best = {};
  laws.best.law.refusal = "none";
  laws.fitted = TabulateFitted(sweep, points);
  Point at;
  at.tokens = 1.6e7;
  const RateChoice choice = ChooseRate(sweep, laws, at);
  EXPECT_EQ(choice.lr, 1e-4);
  EXPECT_EQ(choice.basis, LrBasis::kStabilityEdge);
}

}  // namespace
}  // namespace saelaw
