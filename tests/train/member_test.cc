#include "train/member.h"

#include <cmath>

#include <gtest/gtest.h>

#include "train/gang.h"
#include "train/train_testing.h"

namespace saelaw {
namespace {

using namespace testing;

TEST(Member, EndsWithStepAndReasonWhereItDiverges) {
  std::vector<RunSpec> runs(2, SmallSpec());
  runs[1].training.lr = 1e6;
  const TemporaryFolder folder;
  ASSERT_EQ(TrainIn(folder.path(), JobOf(runs), "a", QuietSeams()), ExitCode::kComplete);
  EXPECT_EQ(FindResult(folder.path(), runs[0]).end, RunEnd::kCompleted);
  const RunResult bad = FindResult(folder.path(), runs[1]);
  EXPECT_EQ(bad.end, RunEnd::kNonFinite);
  EXPECT_NE(bad.end_reason.find("at step 2"), std::string::npos) << bad.end_reason;
  EXPECT_EQ(bad.tokens, 3 * 64);
  EXPECT_TRUE(std::isnan(bad.final.loss));
  EXPECT_TRUE(bad.weights.empty());
}

// Reading a loss makes the host wait for a device: how often it is done must change no number.
TEST(Member, HasTheSameBooksHoweverOftenTheyAreSettled) {
  MemorySource source;
  Gang often(JobOf({SmallSpec(20)}), source, QuietSeams().clock);
  Gang seldom(JobOf({SmallSpec(20)}), source, QuietSeams().clock);
  for (int i = 0; i < 20; ++i) {
    often.Advance();
    often.Settle();
    seldom.Advance();
  }
  const Gang::Ended a = often.TakeEnded(), b = seldom.TakeEnded();
  ASSERT_EQ(a.runs.size(), 1U);
  ASSERT_EQ(b.runs.size(), 1U);
  EXPECT_EQ(NumbersOf(a.runs[0].member->Result(*a.runs[0].trunk)),
            NumbersOf(b.runs[0].member->Result(*b.runs[0].trunk)));
  // The training loss is that of the last tenth, two steps here.
  EXPECT_EQ(a.runs[0].member->books().tail_steps, 2);
}

// A run shorter than its curve has a point after each of its steps.
TEST(Member, MeasuresOncePerStepWherePointsFallTogether) {
  MemorySource source;
  Gang gang(JobOf({SmallSpec(2)}), source, QuietSeams().clock);
  for (int i = 0; i < 2; ++i) gang.Advance();
  const Gang::Ended ended = gang.TakeEnded();
  ASSERT_EQ(ended.runs.size(), 1U);
  const std::vector<Evaluation>& curve = ended.runs[0].member->books().curve;
  ASSERT_EQ(curve.size(), 2U);
  EXPECT_EQ(curve[0].tokens, 64);
  EXPECT_EQ(curve[1].tokens, 128);
}

}  // namespace
}  // namespace saelaw
