#include "study/findings/rate_decision.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// The best rate is 1; above `edge` every run fails.
RateQuestion Sharp(double edge) {
  RateQuestion question;
  question.optimum = 1;
  question.curvature = 0.1;
  question.failure_share = 0.05;
  question.loss_exponent = 0.3;
  question.failure = [edge](double lr) { return lr > edge ? 1.0 : 0.0; };
  return question;
}

// The edge lies anywhere between 1/8 and 2, all equally likely in ln.
RateQuestion Unknown() {
  RateQuestion question = Sharp(0);
  question.failure = [](double lr) {
    return std::min(1.0, std::max(0.0, (std::log2(lr) + 3) / 4));
  };
  return question;
}

TEST(JudgeRate, CountsFailuresAndTheRestart) {
  const RateQuestion question = Sharp(0.6);
  const double failure = std::pow(1.05, 0.3) - 1;
  EXPECT_NEAR(question.CostOfFailure(), failure, 1e-15);
  // At 1 the run fails, and so does its restart at 0.707; the next, at 1/2, survives.
  const double half = std::expm1(0.1 * std::log(2) * std::log(2));
  const RateOption option = JudgeRate(question, 1);
  EXPECT_EQ(option.failure_probability, 1);
  EXPECT_EQ(option.excess, 0);
  EXPECT_NEAR(option.expected, 2 * failure + half, 1e-12);
  EXPECT_NEAR(JudgeRate(question, 0.5).expected, half, 1e-12);
}

// One run in a hundred fails at every rate down to a ten-thousandth: what it loses there is what an
// SAE loses that learns nothing, and not the parabola's e^20.
TEST(JudgeRate, BoundsWhatASurvivorLoses) {
  RateQuestion question;
  question.optimum = 1e-3;
  question.curvature = 0.235;
  question.failure = [](double lr) { return lr > 1e-7 ? 0.01 : 0; };
  EXPECT_NEAR(JudgeRate(question, 1e-3).expected, 0.01 * kMostExcess, 1e-12);
}

TEST(LeastLossRate, IsTheBestOneWhereNothingFails) {
  EXPECT_EQ(LeastLossRate(Sharp(10)), 1);
  RateQuestion without_edge = Sharp(10);
  without_edge.failure = nullptr;
  EXPECT_EQ(LeastLossRate(without_edge), 1);
}

TEST(LeastLossRate, StaysBelowAKnownEdge) {
  EXPECT_LE(LeastLossRate(Sharp(0.6)), 0.6);
  EXPECT_GT(LeastLossRate(Sharp(0.6)), 0.5);
}

// No rate of a fine grid is better than the one that is chosen, of those that rather survive.
TEST(LeastLossRate, IsTheLeast) {
  const RateQuestion question = Unknown();
  const double least = JudgeRate(question, LeastLossRate(question)).expected;
  for (double lr = 0.05; lr < 0.5; lr *= 1.01) {
    EXPECT_GT(JudgeRate(question, lr).expected, least * (1 - 1e-3)) << lr;
  }
}

TEST(LeastLossRate, IsLowerWhereAFailureIsDearer) {
  RateQuestion dear = Unknown();
  dear.failure_share = 1;
  EXPECT_LT(LeastLossRate(dear), LeastLossRate(Unknown()));
  EXPECT_LT(LeastLossRate(Unknown()), 1);
}

}  // namespace
}  // namespace saelaw
