#include "study/price/gangs.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "study/rounds/foreseen.h"
#include "study/small_world.h"

namespace saelaw {
namespace {

using namespace small_world;  // NOLINT: the world of these tests

TEST(FormJobs, GroupsByStreamAndMemory) {
  Sweep sweep = SomeSweep();
  std::vector<PlannedRun> runs = ForeseenRuns(sweep);
  const std::vector<Job> jobs = FormJobs(runs, sweep.execution, 1e12, Measurement{}, "");
  std::set<std::string> keys;
  std::size_t members = 0;
  for (const Job& job : jobs) {
    for (const RunSpec& run : job.runs) EXPECT_EQ(StreamKey(run), StreamKey(job.runs.front()));
    keys.insert(StreamKey(job.runs.front()));
    members += job.runs.size();
  }
  EXPECT_EQ(members, runs.size());
  EXPECT_EQ(keys.size(), jobs.size());
  EXPECT_EQ(FormJobs(runs, sweep.execution, 1, Measurement{}, "").size(), runs.size());
}

TEST(FormJobs, TakesTheTuningThatWasMeasuredButForWhatTheSweepFixes) {
  Sweep sweep = SomeSweep();
  Measurement measured;
  measured.activation_scale = 0.25;
  measured.tuning = {"avx2", 0.1, 0.2};
  const std::vector<PlannedRun> runs = ForeseenRuns(sweep);
  Job job = FormJobs(runs, sweep.execution, 1e12, measured, "").front();
  EXPECT_EQ(job.activation_scale, 0.25);
  EXPECT_EQ(job.tuning.path, "avx2");
  EXPECT_EQ(job.tuning.dense_above_bf16, 0.2);
  sweep.execution.kernels = "reference";
  sweep.execution.dense_above = 0.03;
  job = FormJobs(runs, sweep.execution, 1e12, measured, "").front();
  EXPECT_EQ(job.tuning.path, "reference");
  EXPECT_EQ(job.tuning.dense_above_fp32, 0.03);
}

TEST(FormJobs, CheckpointsAreWrittenAsTheSweepSaysUnderTheSameNames) {
  Sweep sweep = SomeSweep();
  const std::vector<PlannedRun> runs = ForeseenRuns(sweep);
  const Job usual = FormJobs(runs, sweep.execution, 1e12, Measurement{}, "").front();
  sweep.execution.checkpoint_seconds = 7;
  sweep.execution.checkpoint_tokens = 4096;
  const Job often = FormJobs(runs, sweep.execution, 1e12, Measurement{}, "").front();
  EXPECT_EQ(usual.checkpoint_tokens, 0);
  EXPECT_EQ(often.checkpoint_seconds, 7);
  EXPECT_EQ(often.checkpoint_tokens, 4096);
  EXPECT_EQ(often.id, usual.id);
  EXPECT_EQ(ComputeId(often), often.id);
}

// Three gangs of one stream on two GPUs: halves, though a stream is not repeated on one device.
TEST(FormJobs, SpreadsGangsOverDevices) {
  Sweep sweep = SomeSweep();
  sweep.source.kind = SourceKind::kModel;
  sweep.loss_law.seeds = sweep.lr_law.seeds = 1;
  sweep.execution.workers = 3;
  const std::vector<PlannedRun> runs = ForeseenRuns(sweep);
  EXPECT_EQ(FormJobs(runs, sweep.execution, 1e12, Measurement{}, "").size(), 1U);
  sweep.execution.devices = {"cuda:0", "cuda:1"};
  sweep.execution.device = "cuda";
  const std::vector<Job> jobs = FormJobs(runs, sweep.execution, 1e12, Measurement{}, "");
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].runs.size() + jobs[1].runs.size(), runs.size());
  EXPECT_LE(jobs[0].runs.size() - jobs[1].runs.size(), 1U);
  EXPECT_EQ(jobs[0].device, "cuda");
}

// Runs of 1, 1 and 3 units of tokens that share a stream of 6 FLOP a unit: the first unit is
// divided by three, the other two are the longest run's own.
TEST(ShareCosts, DividesEachStretchAmongThoseWhoTrainThere) {
  std::vector<PlannedRun> runs(3);
  const std::int64_t tokens[] = {1000, 3000, 1000};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].spec.tokens = tokens[i];
    runs[i].spec.training.lr = 0.001 * static_cast<double>(i + 1);
    runs[i].predicted.sae_flops = 2;
    runs[i].predicted.stream_flops = 6e-3 * static_cast<double>(tokens[i]);
    runs[i].predicted.seconds = runs[i].predicted.flops();
  }
  EXPECT_TRUE(ShareCosts(&runs).streams);
  EXPECT_DOUBLE_EQ(runs[0].predicted.stream_flops, 2);
  EXPECT_DOUBLE_EQ(runs[1].predicted.stream_flops, 14);
  EXPECT_DOUBLE_EQ(runs[2].predicted.stream_flops, 2);
  EXPECT_DOUBLE_EQ(runs[1].predicted.seconds, 16);
  EXPECT_DOUBLE_EQ(WallSeconds(runs, {}, 1e12), 4 + 16 + 4);
  runs[0].spec.stream_seed = 7;
  runs.resize(1);
  EXPECT_FALSE(ShareCosts(&runs).streams);
}

}  // namespace
}  // namespace saelaw
