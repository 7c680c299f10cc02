#include "study/advice/reach_verdict.h"

#include <gtest/gtest.h>

#include "study/small_world.h"

namespace saelaw {
namespace {

using namespace small_world;  // NOLINT: the world of these tests

struct Asked {
  Sweep sweep = SomeSweep();
  Findings findings;
  Verdict Reach(bool force = false) const { return Recommend(sweep, findings, force).verdict; }
};

Asked Finished() {
  Asked asked;
  asked.findings = Study(asked.sweep, RunAll(asked.sweep, 100, 1000).knowledge);
  return asked;
}

bool Has(const Verdict& verdict, ReasonKind kind) {
  for (const Reason& reason : verdict.reasons) {
    if (reason.kind == kind) return true;
  }
  return false;
}

TEST(ReachVerdict, IsSureOfALawThatPredictedItsHoldOut) {
  const Verdict verdict = Finished().Reach();
  EXPECT_TRUE(verdict.answers);
  EXPECT_EQ(verdict.confidence, Confidence::kHigh);
  EXPECT_EQ(verdict.next.kind, NextKind::kTrain);
  EXPECT_TRUE(Has(verdict, ReasonKind::kHoldOutInside));
}

TEST(ReachVerdict, IsNotSureWithoutAHoldOut) {
  Asked asked = Finished();
  asked.findings.hold_out.clear();
  asked.sweep.hold_out.tokens = 0;
  const Verdict verdict = asked.Reach();
  EXPECT_EQ(verdict.confidence, Confidence::kMedium);
  ASSERT_EQ(verdict.reasons.size(), 1U);
  EXPECT_EQ(verdict.reasons.front().kind, ReasonKind::kNoHoldOut);
  EXPECT_EQ(verdict.next.kind, NextKind::kAddHoldOut);
}

TEST(ReachVerdict, DoubtsALawThatMissedItsHoldOut) {
  Asked asked = Finished();
  asked.findings.hold_out.front().inside = false;
  const Verdict verdict = asked.Reach();
  EXPECT_EQ(verdict.confidence, Confidence::kLow);
  EXPECT_EQ(verdict.reasons.front().kind, ReasonKind::kHoldOutMissed);
}

TEST(ReachVerdict, AsksToFinishFirst) {
  Asked asked = Finished();
  asked.findings.runs_left = 3;
  const Verdict verdict = asked.Reach();
  EXPECT_EQ(verdict.confidence, Confidence::kMedium);
  EXPECT_EQ(verdict.next.kind, NextKind::kFinish);
  EXPECT_EQ(verdict.next.runs, 3);
}

TEST(ReachVerdict, DoesNotAnswerWhatIsRefused) {
  Asked asked = Finished();
  asked.sweep.target.tokens = 4194304LL * 10001;
  const Verdict refused = asked.Reach();
  EXPECT_FALSE(refused.answers);
  EXPECT_EQ(refused.next.kind, NextKind::kLargerRuns);
  const Verdict forced = asked.Reach(true);
  EXPECT_TRUE(forced.answers);
  EXPECT_EQ(forced.confidence, Confidence::kLow);
}

TEST(ReachVerdict, NamesWhatWasNotSwept) {
  Asked asked = Finished();
  asked.sweep.target.batch_tokens = 128;
  const Verdict verdict = asked.Reach();
  EXPECT_EQ(verdict.confidence, Confidence::kLow);
  EXPECT_EQ(verdict.reasons.front().kind, ReasonKind::kNotSwept);
  EXPECT_EQ(verdict.reasons.front().of, TransferOf::kBatch);
  EXPECT_EQ(verdict.next.kind, NextKind::kSweepWhatDiffers);
  EXPECT_LE(verdict.reasons.size(), 3U);
}

}  // namespace
}  // namespace saelaw
