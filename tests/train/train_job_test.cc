// The loop around a gang: what is written when, and what is refused before.
#include "train/train_job.h"

#include <gtest/gtest.h>

#include "train/train_testing.h"

namespace saelaw {
namespace {

using namespace testing;

TEST(Train, LearnsAndReportsWhatItMeasured) {
  const RunSpec spec = SmallSpec(400);
  const TemporaryFolder folder;
  ASSERT_EQ(TrainIn(folder.path(), JobOf({spec}), "a", QuietSeams()), ExitCode::kComplete);
  const RunResult result = FindResult(folder.path(), spec);
  EXPECT_EQ(result.tokens, spec.tokens);
  ASSERT_EQ(result.curve.size(), 4U);
  EXPECT_EQ(result.curve[0].tokens, spec.tokens / 4);
  EXPECT_EQ(result.curve[3].tokens, spec.tokens);
  EXPECT_LT(result.curve[3].loss, 0.8 * result.curve[0].loss);
  // 512 held-out tokens are all of the curve's, too.
  EXPECT_NEAR(result.final.loss, result.curve[3].loss, 1e-9 * result.final.loss);
  EXPECT_EQ(result.curve_tokens, 512);
  EXPECT_EQ(result.curve_parts, 8);
  EXPECT_EQ(result.held_out.documents, 8);
  EXPECT_GT(result.final.se.loss, 0);
  EXPECT_LT(result.final.se.loss, 0.1 * result.final.loss);
  EXPECT_LT(result.final.fvu, 0.3);
  EXPECT_NEAR(result.final.loss,
              result.final.mse + spec.training.sparsity_coefficient * result.final.l0,
              1e-9);
  EXPECT_NEAR(result.train_loss, result.final.loss, 0.2 * result.final.loss);
  EXPECT_GE(result.threshold.q05, 0.01 - 1e-9);  // half the bandwidth
  EXPECT_EQ(result.provenance.gang_size, 1);
  EXPECT_EQ(result.weights, WeightsFile(ComputeId(spec)));
}

TEST(Train, WritesCheckpointsByTokensAndByTime) {
  Job job = JobOf({SmallSpec()});
  job.checkpoint_tokens = 7 * 64;
  const TemporaryFolder by_tokens;
  ASSERT_EQ(TrainIn(by_tokens.path(), job, "a", QuietSeams()), ExitCode::kComplete);
  EXPECT_EQ(CheckpointsIn(by_tokens.path()), 2);
  EXPECT_FALSE(Find(by_tokens.path(), CheckpointFile(49 * 64)).empty());
  EXPECT_FALSE(Find(by_tokens.path(), CheckpointFile(56 * 64)).empty());
  // The clock moves at least a second with each batch: time comes first now.
  job.checkpoint_seconds = 1;
  const TemporaryFolder by_both;
  ASSERT_EQ(TrainIn(by_both.path(), job, "a", QuietSeams()), ExitCode::kComplete);
  EXPECT_FALSE(Find(by_both.path(), CheckpointFile(58 * 64)).empty());
  EXPECT_FALSE(Find(by_both.path(), CheckpointFile(59 * 64)).empty());
}

// A run that is no whole number of steps would never come to its end.
TEST(Train, RefusesARunOfPartsOfABatch) {
  for (const std::int64_t tokens : {0, 63, 65}) {
    RunSpec spec = SmallSpec();
    spec.tokens = tokens;
    const TemporaryFolder folder;
    try {
      TrainIn(folder.path(), JobOf({spec}), "a", QuietSeams());
      ADD_FAILURE() << "a run of " << tokens << " tokens";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kConfiguration);
      EXPECT_NE(std::string(error.what()).find("a whole number of batches, at least one"),
                std::string::npos);
    }
  }
}

// Another attempt was named while this one trained, since its machine was taken for lost: from then
// on the files are that attempt's.
TEST(Train, WritesNothingOnceAnotherAttemptIsNamed) {
  const TemporaryFolder folder;
  TrainSeams seams = QuietSeams();
  seams.stop_requested = [&, batches = 0]() mutable {
    if (++batches == 3) WriteFile(folder.path() / kCurrentFile, "b");
    return false;
  };
  const Job job = JobOf({SmallSpec()});
  EXPECT_EQ(TrainIn(folder.path(), job, "a", seams), ExitCode::kIncomplete);
  EXPECT_TRUE(Find(folder.path(), ResultFile(ComputeId(SmallSpec()))).empty());
  EXPECT_EQ(CheckpointsIn(folder.path()), 0);
}

TEST(ChooseDevice, SaysWhichDevicesThereAre) {
  Job job;
  EXPECT_EQ(ChooseDevice(job), at::Device(at::kCPU));
  job.device = "abacus";
  try {
    ChooseDevice(job);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_STREQ(error.what(), "unknown device 'abacus': allowed are cpu, cuda and cuda:N");
  }
}

}  // namespace
}  // namespace saelaw
