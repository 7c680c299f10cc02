// Runs that differ in tokens alone train one trunk, and each ends as if it had been alone.
#include "train/trunk.h"

#include <cmath>
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "core/trunk.h"
#include "tensors/safetensors.h"
#include "train/checkpoint.h"
#include "train/gang.h"
#include "train/train_testing.h"

namespace saelaw {
namespace {

using namespace testing;
namespace fs = std::filesystem;

RunSpec StableSpec(std::int64_t steps) {
  RunSpec spec = SmallSpec(steps);
  spec.training.schedule = Schedule::kWarmupStableDecay;
  spec.training.lr_warmup = {0, 5 * 64, true};
  spec.training.sparsity_warmup = {0, 10 * 64, true};
  spec.training.dead_after_tokens = 640;
  return spec;
}

// Three branches at steps 17, 33 and 65 of 20, 40 and 80, the longest between the others, and a run
// of another trunk.
std::vector<RunSpec> Branches(const RunSpec& like = StableSpec(20)) {
  std::vector<RunSpec> runs(4, like);
  runs[1].tokens *= 4;
  runs[2].tokens *= 2;
  runs[3].tokens *= 2;
  runs[3].seed = 5;
  return runs;
}

void ExpectSolo(const fs::path& together, const std::vector<RunSpec>& runs) {
  for (const RunSpec& spec : runs) {
    const TemporaryFolder alone;
    ASSERT_EQ(TrainIn(alone.path(), JobOf({spec}), "a", QuietSeams()), ExitCode::kComplete);
    const RunResult result = FindResult(together, spec);
    EXPECT_EQ(NumbersOf(FindResult(alone.path(), spec)), NumbersOf(result));
    if (result.end != RunEnd::kCompleted) continue;
    EXPECT_TRUE(ComputeWeights(alone.path(), spec) == ComputeWeights(together, spec));
  }
}

// Every kind of state that a step leaves behind: moments with and without momentum, rows that were
// left alone, operand copies, dense and sparse steps.
TEST(Trunk, EveryBranchHasTheBitsOfARunAlone) {
  std::vector<RunSpec> kinds(10, StableSpec(20));
  kinds[1].training.adam_beta1 = 0.9;
  kinds[2].training.precision = Precision::kBf16;
  kinds[3].training.sparsity = SparsityRule::kTargetL0;
  kinds[3].training.target_l0 = 3;
  kinds[4].sae.threshold_parametrisation = ThresholdParametrisation::kLog;
  kinds[4].training.gradient_clip = 0.1;
  kinds[5] = kinds[3];
  kinds[5].training.l0_controller = true;
  kinds[6].sae.architecture = SaeArchitecture::kBatchTopK;
  kinds[6].sae.k = 3;
  kinds[7] = kinds[6];
  kinds[7].training.dead_latents = DeadLatents::kAuxK;
  // Resampled at the batches 5, 10, ..., before and after the branches.
  kinds[8].training.dead_latents = DeadLatents::kResample;
  kinds[8].training.dead_after_tokens = 128;
  kinds[8].sae.threshold_init = 0.8;  // high enough that latents are dead
  kinds[8].training.resample_every = {0, 5 * 64, true};
  kinds[8].training.resample_until = {0, 60 * 64, true};
  kinds[9].training.penalty = PenaltyShape::kTanh;
  kinds[9].training.dead_latents = DeadLatents::kPreActs;
  kinds[9].training.pre_act_coefficient = 1e-3;
  kinds[9].sae.input_gradients = true;
  for (const double dense_above : {0.0, 0.2, 1.0}) {
    for (const RunSpec& kind : kinds) {
      Job job = JobOf(Branches(kind));
      job.tuning.dense_above_fp32 = job.tuning.dense_above_bf16 = dense_above;
      const TemporaryFolder together;
      ASSERT_EQ(TrainIn(together.path(), job, "a", QuietSeams()), ExitCode::kComplete);
      for (const RunSpec& spec : job.runs) {
        Job solo = JobOf({spec});
        solo.tuning = job.tuning;
        const TemporaryFolder alone;
        ASSERT_EQ(TrainIn(alone.path(), solo, "a", QuietSeams()), ExitCode::kComplete);
        EXPECT_EQ(NumbersOf(FindResult(alone.path(), spec)),
                  NumbersOf(FindResult(together.path(), spec)));
        EXPECT_TRUE(ComputeWeights(alone.path(), spec) == ComputeWeights(together.path(), spec));
      }
    }
  }
}

std::set<const Trunk*> TrunksOf(const Gang& gang) {
  std::set<const Trunk*> trunks;
  for (const Gang::TrainedTrunk& trained : gang.trunks()) trunks.insert(trained.trunk.get());
  return trunks;
}

TEST(Gang, TrainsATrunkOnceUntilItsBranches) {
  const std::vector<RunSpec> runs = Branches();
  ASSERT_EQ(BranchStep(runs[0]), 17);
  MemorySource source;
  Gang gang(JobOf(runs), source, QuietSeams().clock);
  auto trunks_after = [&, done = 0](int batches) mutable {
    for (; done < batches; ++done) {
      gang.Advance();
      gang.TakeEnded();
    }
    return TrunksOf(gang).size();
  };
  EXPECT_EQ(trunks_after(17), 2U);  // of 4 members; the fourth has its own seed
  EXPECT_EQ(trunks_after(18), 3U);
  EXPECT_EQ(trunks_after(20), 2U);  // the first has ended
  EXPECT_EQ(trunks_after(33), 2U);
  EXPECT_EQ(trunks_after(34), 3U);
  EXPECT_EQ(trunks_after(40), 1U);
  // The last takes the trunk over as it is.
  const Trunk* last = *TrunksOf(gang).begin();
  EXPECT_EQ(trunks_after(70), 1U);
  EXPECT_EQ(*TrunksOf(gang).begin(), last);
}

TEST(Gang, DividesATrunksSecondsAmongItsMembers) {
  MemorySource source;
  const std::vector<RunSpec> runs = Branches();
  double now = 0;
  Gang gang(JobOf({runs[0], runs[1], runs[2]}), source, [&] { return now += 1; });
  for (int i = 0; i < 10; ++i) gang.Advance();
  const double all = now;
  double sum = 0;
  for (const auto& member : gang.members()) {
    EXPECT_EQ(member->books().seconds, gang.members()[0]->books().seconds);
    sum += member->books().seconds;
  }
  EXPECT_GT(sum, 0.7 * all);
  EXPECT_LE(sum, all);
}

TEST(Gang, ATrunkThatDivergesEndsAllItsMembersAsRunsAlone) {
  RunSpec like = StableSpec(20);
  like.training.lr_warmup = {0, 16 * 64, true};
  for (const double lr : {100.0, 1e6}) {
    like.training.lr = lr;
    const std::vector<RunSpec> runs = Branches(like);
    const TemporaryFolder together;
    ASSERT_EQ(TrainIn(together.path(), JobOf(runs), "a", QuietSeams()), ExitCode::kComplete);
    EXPECT_EQ(FindResult(together.path(), runs[1]).end, RunEnd::kNonFinite) << lr;
    ExpectSolo(together.path(), runs);
  }
}

void ExpectEqualResults(const fs::path& a, const fs::path& b) {
  for (const RunSpec& spec : Branches()) {
    EXPECT_EQ(NumbersOf(FindResult(a, spec)), NumbersOf(FindResult(b, spec)));
    EXPECT_TRUE(ComputeWeights(a, spec) == ComputeWeights(b, spec));
  }
}

TEST(Checkpoint, ATrunkIsResumedBitForBitBeforeBetweenAndAfterItsBranches) {
  const Job job = JobOf(Branches());
  const TemporaryFolder whole;
  ASSERT_EQ(TrainIn(whole.path(), job, "a", QuietSeams()), ExitCode::kComplete);
  for (const int batches : {5, 16, 17, 18, 20, 30, 33, 34, 50, 66}) {
    const TemporaryFolder parts;
    ASSERT_EQ(TrainIn(parts.path(), job, "a", StopAfter(batches)), ExitCode::kIncomplete);
    ASSERT_EQ(TrainIn(parts.path(), job, "b", StopAfter(2)), ExitCode::kIncomplete);
    ASSERT_EQ(TrainIn(parts.path(), job, "c", QuietSeams()), ExitCode::kComplete);
    ExpectEqualResults(whole.path(), parts.path());
  }
}

TEST(Checkpoint, HoldsATrunksTensorsOnce) {
  const Job job = JobOf(Branches());
  const TemporaryFolder folder;
  ASSERT_EQ(TrainIn(folder.path(), job, "a", StopAfter(10)), ExitCode::kIncomplete);
  const SafetensorsFile file(Find(folder.path(), CheckpointFile(10 * 64)));
  int matrices = 0;
  for (const auto& [name, view] : file.tensors()) matrices += name.ends_with(".w_dec") ? 1 : 0;
  EXPECT_EQ(matrices, 2 * 2);  // two trunks, each with its second moments
}

// A gang that was split goes on from the whole one's checkpoint without the runs of the other part.
TEST(Checkpoint, APartOfAGangFindsItsTrunk) {
  const Job job = JobOf(Branches());
  const TemporaryFolder folder;
  ASSERT_EQ(TrainIn(folder.path(), job, "a", StopAfter(10)), ExitCode::kIncomplete);
  Job part = job;
  part.runs = {job.runs[1], job.runs[2]};
  const auto state = NewestCheckpoint(folder.path(), part, at::kCPU, [](const std::string&) {});
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->members.size(), 2U);
  ASSERT_EQ(state->trunks.size(), 1U);  // not that of the fourth run
  const SharedTrunk& trunk = state->trunks[0];
  EXPECT_EQ(trunk.members, (std::vector<RunId>{ComputeId(part.runs[0]), ComputeId(part.runs[1])}));
  EXPECT_TRUE(trunk.state.sae.parameters.w_dec.defined());
  EXPECT_EQ(trunk.state.step, 10);
}

TEST(RunResult, NamesTheTrunkThatItCameFrom) {
  std::vector<RunSpec> runs = Branches();
  runs[3].training.schedule = Schedule::kCosine;
  const TemporaryFolder folder;
  ASSERT_EQ(TrainIn(folder.path(), JobOf(runs), "a", QuietSeams()), ExitCode::kComplete);
  EXPECT_EQ(FindResult(folder.path(), runs[0]).origin, TrunkKey(runs[0]));
  EXPECT_EQ(FindResult(folder.path(), runs[1]).origin, TrunkKey(runs[0]));
  EXPECT_EQ(FindResult(folder.path(), runs[0]).provenance.trunk_size, 3);
  EXPECT_EQ(FindResult(folder.path(), runs[3]).origin, "");
  EXPECT_EQ(FindResult(folder.path(), runs[3]).provenance.trunk_size, 1);
}

}  // namespace
}  // namespace saelaw
