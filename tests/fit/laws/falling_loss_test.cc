#include "fit/laws/falling_loss.h"

#include <gtest/gtest.h>

#include "fit/case_testing.h"
#include "fit/fit_testing.h"
#include "fit/laws/loss_laws.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

using testing::AnswerOf;
using testing::Says;

// Source: tests/fit/data/cases/README.md; .554 was predicted below the last measured .595. Doubling
// the data changes the loss by 2^0.05, 3.5 %.
TEST(WhyNotFalling, RefusesLossesThatRise) {
  for (const char* file : {"increasing", "increasing_noise0"}) {
    const LawAnswer answer = AnswerOf({file});
    EXPECT_FALSE(answer.law.ok()) << file;
    const auto* rises = testing::RefusedAs<refusal::DoesNotFall>(answer.law);
    ASSERT_NE(rises, nullptr) << file;
    EXPECT_EQ(rises->variable, Variable::kTokens);
    EXPECT_NEAR(rises->per_doubling, 0.035, 5e-4);
  }
}

// One loss times 100 at the largest size turns a least-squares line upwards.
TEST(WhyNotFalling, IsNotTurnedByAnOutlier) {
  EXPECT_TRUE(AnswerOf({"outlier_x100"}).law.ok());
  EXPECT_TRUE(AnswerOf({"base"}).law.ok());
}

// Losses fall with the data and rise with the size, which no law of both has.
TEST(WhyNotFalling, NamesTheVariableWithWhichTheLossRises) {
  std::vector<Point> points;
  for (double params = 1e3; params < 2e4; params *= 2) {
    for (double tokens = 1e6; tokens < 2e7; tokens *= 2) {
      Point point = testing::At(tokens);
      point.params = params;
      point.loss = std::pow(params, 0.1) * std::pow(tokens, -0.2);
      points.push_back(point);
    }
  }
  const auto why = WhyNotFalling(RequireLossLaw("size-data"), points);
  ASSERT_TRUE(why);
  EXPECT_EQ(std::get<refusal::DoesNotFall>(*why).variable, Variable::kParams);
  EXPECT_FALSE(WhyNotFalling(RequireLossLaw("data"), points));
}

// A law with a valley has no one direction.
TEST(WhyNotFalling, SaysNothingOfLawsWithARate) {
  EXPECT_FALSE(WhyNotFalling(RequireLossLaw("lr-batch-size-data"), {}));
}

}  // namespace
}  // namespace saelaw
