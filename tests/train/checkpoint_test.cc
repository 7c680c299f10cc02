// Stopped, damaged and foreign checkpoints.
#include "train/checkpoint.h"

#include <fstream>

#include <gtest/gtest.h>

#include "train/train_testing.h"

namespace saelaw {
namespace {

using namespace testing;
namespace fs = std::filesystem;

std::vector<RunSpec> ThreeRuns() {
  std::vector<RunSpec> runs(3, SmallSpec());
  runs[1].seed = 3;
  runs[1].training.adam_beta1 = 0.9;
  runs[1].training.dead_after_tokens = 640;
  runs[2].tokens = 20 * runs[2].training.batch_tokens;
  return runs;
}

void ExpectEqualResults(const fs::path& a, const fs::path& b) {
  for (const RunSpec& spec : ThreeRuns()) {
    EXPECT_EQ(NumbersOf(ResultOf(a, spec)), NumbersOf(ResultOf(b, spec)));
    EXPECT_TRUE(WeightsOf(a, spec) == WeightsOf(b, spec));
  }
}

TEST(Checkpoint, AResumedGangEndsBitForBitAsAnUninterruptedOne) {
  const Job job = JobOf(ThreeRuns());
  const TemporaryFolder whole;
  ASSERT_EQ(TrainIn(whole.path(), job, "a", QuietSeams()), ExitCode::kComplete);
  // Before and after the third run ends, on and off the steps where losses are read, and (37 and
  // 20 more) within the last tenth, whose losses are averaged.
  for (const int batches : {7, 16, 20, 37}) {
    const TemporaryFolder parts;
    ASSERT_EQ(TrainIn(parts.path(), job, "a", StopAfter(batches)), ExitCode::kIncomplete);
    ASSERT_EQ(TrainIn(parts.path(), job, "b", StopAfter(20)), ExitCode::kIncomplete);
    ASSERT_EQ(TrainIn(parts.path(), job, "c", QuietSeams()), ExitCode::kComplete);
    ExpectEqualResults(whole.path(), parts.path());
  }
}

TEST(Checkpoint, TheSameJobTwiceGivesTheSameBits) {
  const Job job = JobOf(ThreeRuns());
  const TemporaryFolder first, second;
  ASSERT_EQ(TrainIn(first.path(), job, "a", QuietSeams()), ExitCode::kComplete);
  ASSERT_EQ(TrainIn(second.path(), job, "a", QuietSeams()), ExitCode::kComplete);
  ExpectEqualResults(first.path(), second.path());
}

TEST(Checkpoint, KeepsTheLastTwo) {
  Job job = JobOf(ThreeRuns());
  job.checkpoint_seconds = 0;
  const TemporaryFolder folder;
  ASSERT_EQ(TrainIn(folder.path(), job, "a", StopAfter(12)), ExitCode::kIncomplete);
  int found = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    if (entry.path().filename().string().starts_with("checkpoint-")) ++found;
  }
  EXPECT_EQ(found, 2);
  EXPECT_FALSE(Find(folder.path(), CheckpointFile(12 * 64)).empty());
  EXPECT_FALSE(Find(folder.path(), CheckpointFile(11 * 64)).empty());
}

void FlipLastByte(const fs::path& path) {
  std::string bytes = ReadFile(path);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(NewestCheckpoint, PassesOverADamagedOneWithANote) {
  Job job = JobOf(ThreeRuns());
  job.checkpoint_seconds = 0;
  const TemporaryFolder folder;
  ASSERT_EQ(TrainIn(folder.path(), job, "a", StopAfter(12)), ExitCode::kIncomplete);
  FlipLastByte(Find(folder.path(), CheckpointFile(12 * 64)));
  std::vector<std::string> notes;
  const auto state = NewestCheckpoint(
      folder.path(), job, at::kCPU, [&](const std::string& note) { notes.push_back(note); });
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->batches, 11);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("checksum"), std::string::npos) << notes[0];
}

TEST(NewestCheckpoint, RefusesOneOfAnotherJob) {
  Job job = JobOf(ThreeRuns());
  const TemporaryFolder folder;
  ASSERT_EQ(TrainIn(folder.path(), job, "a", StopAfter(5)), ExitCode::kIncomplete);
  job.id = "another";
  try {
    NewestCheckpoint(folder.path(), job, at::kCPU, [](const std::string&) {});
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
  }
}

TEST(NewestCheckpoint, IsNothingInAFreshFolder) {
  const TemporaryFolder folder;
  EXPECT_FALSE(NewestCheckpoint(folder.path(), JobOf(ThreeRuns()), at::kCPU, nullptr));
}

GangState StateOf(const Job& job, const StepTuning& tuning) {
  MemorySource source;
  Job tuned = job;
  tuned.tuning = tuning;
  return Gang(tuned, source, [] { return 0.0; }).State();
}

TEST(Checkpoint, KeepsHowStepsAreTaken) {
  const Job job = JobOf({SmallSpec()});
  StepTuning tuning{"reference", 0.3, 0.4};
  tuning.machine = "a machine";
  tuning.shapes = {{{40, 64}, {1, 0, 2, 0, 3}}};
  const TemporaryFolder folder;
  const fs::path path = folder.path() / CheckpointFile(0);
  WriteCheckpoint(path, job, StateOf(job, tuning));
  EXPECT_EQ(ToJson(ReadCheckpoint(path, job, at::kCPU).tuning), ToJson(tuning));
}

}  // namespace
}  // namespace saelaw
