#include "orchestrate/loop/store_ledger.h"

#include <gtest/gtest.h>

#include "orchestrate/fakes.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

class StoreLedgerTest : public WorkplaceTest {
 protected:
  StoreLedgerTest() {
    store_.SaveSweep("small", "", "");
    store_.AddRuns("small", {{run_, "loss-law", ""}});
    job_.runs = {run_};
    job_.id = ComputeId(job_);
    store_.AddJob(job_);
  }

  RunSpec run_ = MakeRun(SmallSweep(), 524288, 128, 0.002, 0);
  Job job_;
  StoreLedger ledger_{store_};
};

TEST_F(StoreLedgerTest, SaysWhetherAResultIsTheOneThatCounts) {
  const std::string attempt_id = ledger_.BeginAttempt(job_);
  EXPECT_FALSE(ledger_.HasResult(ComputeId(run_)));
  EXPECT_TRUE(ledger_.AcceptResult(attempt_id, WorldResult(run_), "w.safetensors"));
  EXPECT_FALSE(ledger_.AcceptResult(attempt_id, WorldResult(run_), "w.safetensors"));
  EXPECT_TRUE(ledger_.HasResult(ComputeId(run_)));
  EXPECT_TRUE(ledger_.HasAllResults(job_.id));
  EXPECT_EQ(store_.FindResult(ComputeId(run_))->weights, "w.safetensors");
}

// Runs of before and after are trained on the same numbers.
TEST_F(StoreLedgerTest, ASourceThatIsMeasuredAgainKeepsItsFirstScale) {
  Measurement first = WorldMeasurement(run_.source);
  first.activation_scale = 2;
  first.tuning.machine = "one machine";
  ledger_.SaveMeasurement(first);
  Measurement again = first;
  again.activation_scale = 3;
  again.tuning.machine = "another";
  again.tokens_per_second = 5;
  ledger_.SaveMeasurement(again);
  const Measurement kept = *store_.FindMeasurement(first.source_key);
  EXPECT_EQ(kept.activation_scale, 2);
  EXPECT_EQ(kept.tuning.machine, "another");
  EXPECT_EQ(kept.tokens_per_second, 5);
}

TEST_F(StoreLedgerTest, ACaptureIsThereAsLongAsItsFilesAre) {
  Job capture;
  capture.kind = JobKind::kCapture;
  capture.capture = {folder_.path() / "shards", 100, "bf16"};
  capture.id = ComputeId(capture);
  store_.AddJob(capture);
  std::filesystem::create_directory(capture.capture.folder);
  ShardManifest manifest;
  manifest.d_in = 64;
  manifest.shards = {{"shard-0.safetensors", 100, "hash"}};
  manifest.held_out = {"held-out.safetensors", 10, "hash"};
  WriteShardManifest(capture.capture.folder, manifest);
  for (const char* name : {"shards/shard-0.safetensors", "shards/held-out.safetensors"})
    folder_.Write(name, "x");
  EXPECT_FALSE(ledger_.IsCaptured(capture));  // who wrote it is not known
  ledger_.EndAttempt(ledger_.BeginAttempt(capture), 0, "");
  EXPECT_TRUE(ledger_.IsCaptured(capture));
  std::filesystem::remove(folder_.path() / "shards/shard-0.safetensors");
  EXPECT_FALSE(ledger_.IsCaptured(capture));
}

TEST_F(StoreLedgerTest, AJobThatWasGivenUpIsFailed) {
  ledger_.EndAttempt(ledger_.BeginAttempt(job_), 78, "no such layer");
  ledger_.FailJob(job_, "no such layer");
  const RunRecord record = store_.FindRuns("small").at(0);
  EXPECT_EQ(record.state, RunState::kFailed);
  EXPECT_EQ(record.message, "no such layer");
}

}  // namespace
}  // namespace saelaw
