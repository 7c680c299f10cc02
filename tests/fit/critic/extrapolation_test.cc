#include "fit/critic/extrapolation.h"

#include <gtest/gtest.h>

#include "fit/case_testing.h"
#include "fit/fit_testing.h"

namespace saelaw {
namespace {

using testing::AnswerOf;
using testing::At;
using testing::Says;

Point Place(double tokens, double params) {
  Point point = At(tokens);
  point.params = params;
  point.loss = 1;
  return point;
}

TEST(JudgeExtrapolation, WarnsBeyond30AndRefusesBeyond1000) {
  EXPECT_FALSE(JudgeExtrapolation(1e6, 3e7).doubtful);
  EXPECT_TRUE(JudgeExtrapolation(1e6, 3.1e7).doubtful);
  EXPECT_FALSE(JudgeExtrapolation(1e6, 1e9).needs_force);
  EXPECT_TRUE(JudgeExtrapolation(1e6, 1.1e9).needs_force);
  EXPECT_NEAR(JudgeExtrapolation(1e6, 1.1e9).OfSize().times, 1100, 1e-9);
}

// Source: tests/fit/data/cases/README.md; 57.8 was predicted at one token without a word.
TEST(JudgeExtrapolation, RefusesFarBelowTheData) {
  testing::TableQuestion question{"base"};
  question.at = {At(1), At(2e4), At(2e6)};
  const LawAnswer answer = AnswerOf(question);
  const auto* none = testing::FindIn<warning::NoPrediction>(answer);
  ASSERT_NE(none, nullptr);
  EXPECT_FALSE(none->reach.above);
  EXPECT_NEAR(none->reach.times, 1e6, 1);
  EXPECT_TRUE(std::isnan(answer.predictions[0].value));
  const auto* doubtful = testing::FindIn<warning::FarBeyond>(answer);
  ASSERT_NE(doubtful, nullptr);
  EXPECT_FALSE(doubtful->above);
  EXPECT_NEAR(doubtful->times, 50, 1e-4);
  EXPECT_GT(answer.predictions[1].value, 0);
  EXPECT_EQ(answer.refused_predictions.size(), 1u);
}

// Same source: a loss of 1.0e6 at a rate 250,000 times below the smallest.
TEST(JudgeExtrapolation, RefusesFarBesideTheRates) {
  testing::TableQuestion question{"surface", "lr-surface"};
  question.at = {At(6.4e7), At(6.4e7), At(6.4e7)};
  question.at[0].lr = 1e-9;
  question.at[1].lr = 1e-2;
  question.at[2].lr = 1e-3;
  const LawAnswer answer = AnswerOf(question);
  EXPECT_TRUE(std::isnan(answer.predictions[0].value));
  const auto* none = testing::FindIn<warning::NoPrediction>(answer);
  ASSERT_NE(none, nullptr);
  EXPECT_EQ(none->reach.variable, Variable::kLr);
  EXPECT_FALSE(none->reach.above);
  EXPECT_NEAR(none->reach.times, 250'000, 1);
  const auto* doubtful = testing::FindIn<warning::FarBeyond>(answer);
  ASSERT_NE(doubtful, nullptr);
  EXPECT_EQ(doubtful->variable, Variable::kLr);
  EXPECT_TRUE(doubtful->above);
  EXPECT_NEAR(doubtful->times, 5, 1e-9);
  EXPECT_EQ(testing::FindIn<warning::EmptyCorner>(answer), nullptr);
}

// An L: all data at the smallest size, all sizes at the least data. By hand, with x = 0..4 on each
// side: variance 2.36, covariance -1.39, the far corner at √17.2, (4, 0) at √3.8: 2.1 times as far.
TEST(JudgeExtrapolation, DoubtsACornerThatNoRunCovers) {
  std::vector<Point> runs = {Place(1, 1)};
  for (int i = 1; i <= 4; ++i) {
    runs.push_back(Place(std::exp(i), 1));
    runs.push_back(Place(1, std::exp(i)));
  }
  const Extrapolation corner = JudgeExtrapolation(runs, Place(std::exp(4), std::exp(4)));
  EXPECT_TRUE(corner.doubtful && !corner.needs_force);
  ASSERT_TRUE(corner.warning);
  const auto* empty = std::get_if<warning::EmptyCorner>(&*corner.warning);
  ASSERT_NE(empty, nullptr);
  EXPECT_NEAR(empty->ratio, 2.1, 0.05);
  EXPECT_FALSE(JudgeExtrapolation(runs, Place(std::exp(4), 1)).doubtful);
  // Further out from the same corner it is the corner that is doubted.
  EXPECT_TRUE(JudgeExtrapolation(runs, Place(std::exp(6), std::exp(4))).doubtful);
}

TEST(JudgeExtrapolation, TrustsTheCornersOfAFullGrid) {
  std::vector<Point> runs;
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 3; ++j) runs.push_back(Place(std::exp(i), std::exp(j)));
  }
  for (const double tokens : {1.0, std::exp(3), std::exp(5)}) {
    EXPECT_FALSE(JudgeExtrapolation(runs, Place(tokens, std::exp(2))).doubtful) << tokens;
  }
}

}  // namespace
}  // namespace saelaw
