#include "study/advice/rate_risk.h"

#include <cmath>

#include <gtest/gtest.h>

#include "study/findings/falling_cliff.h"

namespace saelaw {
namespace {

TEST(FindRateRisk, ShowsTheCurveFromTheSafeRateToTheBest) {
  const RateLaws rates = FallingCliff();
  Point at;
  at.tokens = 1e9;
  const RateChoice choice = ChooseRate({}, rates, at);
  const RateRisk risk = FindRateRisk({}, rates, choice, at, {1 + choice.cost, {}});
  EXPECT_EQ(risk.failure.runs, 0);
  EXPECT_NEAR(risk.failure_probability, 1 - choice.survival, 1e-12);
  ASSERT_GE(risk.rates.size(), 3U);
  EXPECT_TRUE(risk.rates.front().safe);
  EXPECT_NEAR(risk.rates.front().failure_probability, 0.01, 1e-3);
  EXPECT_TRUE(risk.rates.back().best);
  EXPECT_NEAR(risk.rates.back().loss, 1, 1e-9);
  int advised = 0;
  for (const RatedRate& rate : risk.rates) {
    advised += rate.advised ? 1 : 0;
    EXPECT_GE(rate.expected_loss, rate.loss);
    if (!rate.least_loss) continue;
    for (const RatedRate& other : risk.rates) {
      if (other.failure_probability > 0.5) continue;  // it is never advised
      EXPECT_LE(rate.expected_loss, other.expected_loss + 1e-4);
    }
  }
  EXPECT_EQ(advised, 1);
}

TEST(FindRateRisk, SaysNothingWithoutAnEdge) {
  RateLaws rates = FallingCliff();
  rates.edge = {};
  rates.edge.law.refusal = refusal::NothingFailed{};
  Point at;
  at.tokens = 1e9;
  const RateRisk risk = FindRateRisk({}, rates, ChooseRate({}, rates, at), at, {1, {}});
  EXPECT_TRUE(std::isnan(risk.failure_probability));
  EXPECT_TRUE(risk.rates.empty());
}

}  // namespace
}  // namespace saelaw
