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
  EXPECT_EQ(ConfidenceOf(ReasonKind::kNoRate), Confidence::kLow);
  EXPECT_EQ(ConfidenceOf(ReasonKind::kUnfinished), Confidence::kMedium);
  EXPECT_EQ(ConfidenceOf(ReasonKind::kLargestMissed), Confidence::kMedium);
  EXPECT_EQ(ConfidenceOf(ReasonKind::kHoldOutInside), Confidence::kHigh);
}

}  // namespace
}  // namespace saelaw
