#include "study/advice/verdict.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(Verdict, NamesEveryReasonAndStep) {
  EXPECT_EQ(Name(ReasonKind::kNothingSurvived), "nothing-survived");
  EXPECT_EQ(Name(ReasonKind::kNoHoldOut), "no-hold-out");
  EXPECT_EQ(Name(ReasonKind::kLossNarrow), "loss-narrow");
  EXPECT_EQ(Name(NextKind::kTrain), "train");
  EXPECT_EQ(Name(NextKind::kRun), "run");
  EXPECT_EQ(Name(Confidence::kLow), "low");
}

TEST(Verdict, KnowsWhatEachReasonCosts) {
  EXPECT_EQ(JudgeConfidence(ReasonKind::kNoRate), Confidence::kLow);
  EXPECT_EQ(JudgeConfidence(ReasonKind::kUnfinished), Confidence::kMedium);
  EXPECT_EQ(JudgeConfidence(ReasonKind::kLargestMissed), Confidence::kMedium);
  EXPECT_EQ(JudgeConfidence(ReasonKind::kHoldOutInside), Confidence::kHigh);
}

}  // namespace
}  // namespace saelaw
