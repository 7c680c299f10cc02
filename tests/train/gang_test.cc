// Runs together and alone: equal bits, own ends.
#include "train/gang.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "train/train_testing.h"

namespace saelaw {
namespace {

using namespace testing;

std::vector<RunSpec> FourRuns() {
  std::vector<RunSpec> runs(4, SmallSpec());
  runs[1].seed = 3;
  runs[1].training.adam_beta1 = 0.9;
  runs[1].training.dead_after_tokens = 640;
  runs[2].sae.d_sae = 24;
  runs[2].tokens = 30 * runs[2].training.batch_tokens;
  runs[2].training.sparsity = SparsityRule::kTargetL0;
  runs[2].training.target_l0 = 3;
  runs[3].sae.threshold_parametrisation = ThresholdParametrisation::kLog;
  runs[3].training.gradient_clip = 0.1;
  runs[3].training.precision = Precision::kBf16;
  return runs;
}

// With members as sweeps have them by default, of several sizes: they use one workspace in turn.
std::vector<RunSpec> SixRuns() {
  std::vector<RunSpec> runs = FourRuns();
  runs.resize(6, SmallSpec());
  runs[4].training.precision = Precision::kBf16;
  runs[4].seed = 4;
  runs[5].training.precision = Precision::kBf16;
  runs[5].sae.d_sae = 72;
  return runs;
}

TEST(Gang, GivesEachMemberTheBitsOfARunAlone) {
  for (const std::string& path : PathsHere()) {
    for (const int threads : {1, 2}) {
      SCOPED_TRACE(fmt::format("{} with {} threads", path, threads));
      const TemporaryFolder together;
      ASSERT_EQ(TrainIn(together.path(), JobOf(SixRuns(), path, threads), "a", QuietSeams()),
                ExitCode::kComplete);
      for (const RunSpec& spec : SixRuns()) {
        const TemporaryFolder alone;
        ASSERT_EQ(TrainIn(alone.path(), JobOf({spec}, path, threads), "a", QuietSeams()),
                  ExitCode::kComplete);
        EXPECT_EQ(NumbersOf(FindResult(alone.path(), spec)),
                  NumbersOf(FindResult(together.path(), spec)));
        EXPECT_TRUE(ComputeWeights(alone.path(), spec) == ComputeWeights(together.path(), spec));
      }
    }
  }
}

// A state that is gone on from is not kept beside what the steppers make of it.
TEST(Gang, LetsGoOfTheStateThatItContinues) {
  const Job job = JobOf({SmallSpec()}, PathsHere().front(), 1);
  if (PathsHere().front() == kReferencePath) GTEST_SKIP() << "it works on the state itself";
  MemorySource source;
  std::optional<GangState> state;
  {
    Gang gang(job, source, QuietSeams().clock);
    gang.Advance();
    state = gang.State();
  }
  const at::Tensor weights = state->trunks.front().state.sae.parameters.w_dec;
  const Gang next(job, source, QuietSeams().clock, std::move(state));
  EXPECT_EQ(weights.use_count(), 1U);
}

TEST(Gang, MembersLeaveWhenTheirBudgetEnds) {
  MemorySource source;
  Gang gang(JobOf(FourRuns()), source, QuietSeams().clock);
  for (int i = 0; i < 30; ++i) gang.Advance();
  const Gang::Ended ended = gang.TakeEnded();
  ASSERT_EQ(ended.runs.size(), 1U);
  EXPECT_EQ(ended.runs[0].member->id(), ComputeId(FourRuns()[2]));
  EXPECT_EQ(gang.members().size(), 3U);
}

}  // namespace
}  // namespace saelaw
