#include "report/tables/verdict_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_up.h"

namespace saelaw {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Recommendation Answered(Confidence confidence, ReasonKind kind, double value) {
  Recommendation r = made_up::TheRecommendation();
  r.verdict = {true, confidence, {{kind, value}}, {}};
  return r;
}

TEST(VerdictSentence, OrdersExpectsAndSaysWhy) {
  const std::string text =
      VerdictSentence(Answered(Confidence::kHigh, ReasonKind::kHoldOutInside, -0.012));
  EXPECT_THAT(text,
              StartsWith("Train 4.19M tokens at lr 0.0024 (0.00204 to 0.00277). Expect loss"));
  EXPECT_THAT(text, HasSubstr("; 41 s on rtx4090."));
  EXPECT_THAT(
      text, HasSubstr("Confidence: high, because the hold-out came within 1.2 % of its forecast."));
  EXPECT_THAT(text, HasSubstr("Next: train it (saelaw train)."));
}

TEST(VerdictSentence, SaysALowConfidenceBeforeAnyNumber) {
  EXPECT_THAT(
      VerdictSentence(Answered(Confidence::kLow, ReasonKind::kNoRate, 0)),
      StartsWith("Confidence: low, because no run says which learning rate is good. Train"));
}

TEST(VerdictSentence, OfASweepThatCannotAnswerHasNoRate) {
  Recommendation r = Answered(Confidence::kLow, ReasonKind::kNoLossLaw, 0);
  r.verdict.answers = false;
  r.verdict.next.kind = NextKind::kAddSizes;
  const std::string text = VerdictSentence(r);
  EXPECT_THAT(text, StartsWith("This sweep cannot answer yet: the runs carry no law of the loss."));
  EXPECT_THAT(text, HasSubstr("To make it able to: add numbers of tokens"));
  EXPECT_THAT(text, Not(HasSubstr("lr ")));
}

TEST(VerdictWords, HaveAWordForEveryReasonAndStep) {
  for (int kind = 0; kind <= static_cast<int>(ReasonKind::kLossNarrow); ++kind) {
    EXPECT_FALSE(ReasonText({static_cast<ReasonKind>(kind), 0.5}).empty()) << kind;
  }
  for (int kind = 0; kind <= static_cast<int>(NextKind::kRun); ++kind) {
    NextStep step;
    step.kind = static_cast<NextKind>(kind);
    EXPECT_FALSE(NextText(step).empty()) << kind;
  }
  EXPECT_EQ(ReasonText({ReasonKind::kUnfinished, 1}), "the study is not finished: 1 run left");
}

}  // namespace
}  // namespace saelaw
