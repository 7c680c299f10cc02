// Stopped, damaged and foreign checkpoints.
#include "train/checkpoint.h"

#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "tensors/safetensors_stream.h"
#include "train/train_testing.h"

namespace saelaw {
namespace {

using namespace testing;
namespace fs = std::filesystem;

std::vector<RunSpec> ThreeRuns() {
  std::vector<RunSpec> runs(3, SmallSpec());
  runs[0].training.sparsity = SparsityRule::kTargetL0;
  runs[0].training.target_l0 = 3;
  runs[0].training.l0_controller = true;
  runs[0].training.precision = Precision::kBf16;
  runs[1].seed = 3;
  runs[1].training.adam_beta1 = 0.9;
  runs[1].training.dead_after_tokens = 640;
  runs[2].tokens = 20 * runs[2].training.batch_tokens;
  return runs;
}

// A run that resamples at the batches 6, 12, ..., 30. Its thresholds begin so high that many of its
// latents never fire.
RunSpec ResampledRun() {
  RunSpec run = SmallSpec();
  run.sae.threshold_init = 0.8;
  run.training.dead_after_tokens = 128;
  run.training.dead_latents = DeadLatents::kResample;
  return run;
}

// One of each architecture that keeps latents, and two that revive their dead ones.
std::vector<RunSpec> KeepingRuns() {
  std::vector<RunSpec> runs(4, SmallSpec());
  for (RunSpec& run : runs) run.sae.k = 3;
  runs.push_back(ResampledRun());
  runs[0].sae.architecture = SaeArchitecture::kTopK;
  runs[1].sae.architecture = SaeArchitecture::kBatchTopK;
  runs[2].sae.architecture = SaeArchitecture::kBatchTopK;
  runs[2].training.precision = Precision::kBf16;
  runs[2].training.evaluations = 3;
  runs[3].sae.architecture = SaeArchitecture::kBatchTopK;
  runs[3].training.dead_after_tokens = 128;
  runs[3].training.dead_latents = DeadLatents::kAuxK;
  return runs;
}

void ExpectEqualResults(const fs::path& a,
                        const fs::path& b,
                        const std::vector<RunSpec>& runs = ThreeRuns()) {
  for (const RunSpec& spec : runs) {
    EXPECT_EQ(NumbersOf(FindResult(a, spec)), NumbersOf(FindResult(b, spec)));
    EXPECT_TRUE(ComputeWeights(a, spec) == ComputeWeights(b, spec));
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

TEST(Checkpoint, SoItDoesOnEveryPathAndWithSeveralThreads) {
  for (const std::string& path : PathsHere()) {
    for (const int threads : {1, 2}) {
      SCOPED_TRACE(fmt::format("{} with {} threads", path, threads));
      const Job job = JobOf(ThreeRuns(), path, threads);
      const TemporaryFolder whole, parts;
      ASSERT_EQ(TrainIn(whole.path(), job, "a", QuietSeams()), ExitCode::kComplete);
      ASSERT_EQ(TrainIn(parts.path(), job, "a", StopAfter(13)), ExitCode::kIncomplete);
      ASSERT_EQ(TrainIn(parts.path(), job, "b", StopAfter(28)), ExitCode::kIncomplete);
      ASSERT_EQ(TrainIn(parts.path(), job, "c", QuietSeams()), ExitCode::kComplete);
      ExpectEqualResults(whole.path(), parts.path());
    }
  }
}

// The running threshold goes on where it was, and so does the count of silent tokens.
TEST(Checkpoint, SoDoRunsOfOtherArchitectures) {
  for (const std::string& path : PathsHere()) {
    SCOPED_TRACE(path);
    const Job job = JobOf(KeepingRuns(), path, 1);
    const TemporaryFolder whole, parts;
    ASSERT_EQ(TrainIn(whole.path(), job, "a", QuietSeams()), ExitCode::kComplete);
    ASSERT_EQ(TrainIn(parts.path(), job, "a", StopAfter(13)), ExitCode::kIncomplete);
    ASSERT_EQ(TrainIn(parts.path(), job, "b", QuietSeams()), ExitCode::kComplete);
    ExpectEqualResults(whole.path(), parts.path(), KeepingRuns());
  }
}

// Killed before, at and after the batches at which latents are resampled, and with other threads.
TEST(Checkpoint, AResampledRunEndsBitForBitWhereverItWasKilled) {
  const RunSpec run = ResampledRun();
  RunSpec plain = run;
  plain.training.dead_latents = DeadLatents::kNone;
  const TemporaryFolder whole, without;
  ASSERT_EQ(TrainIn(whole.path(), JobOf({run}), "a", QuietSeams()), ExitCode::kComplete);
  ASSERT_EQ(TrainIn(without.path(), JobOf({plain}), "a", QuietSeams()), ExitCode::kComplete);
  // It is another run by what was revived, and has fewer dead latents.
  EXPECT_LT(FindResult(whole.path(), run).dead_fraction_training,
            FindResult(without.path(), plain).dead_fraction_training);
  for (const int batches : {5, 6, 7, 12, 29, 31}) {
    const TemporaryFolder parts;
    ASSERT_EQ(TrainIn(parts.path(), JobOf({run}), "a", StopAfter(batches)), ExitCode::kIncomplete);
    ASSERT_EQ(TrainIn(parts.path(), JobOf({run}), "b", QuietSeams()), ExitCode::kComplete);
    ExpectEqualResults(whole.path(), parts.path(), {run});
  }
}

TEST(Checkpoint, TheSameJobTwiceGivesTheSameBits) {
  const Job job = JobOf(ThreeRuns());
  const TemporaryFolder first, second;
  ASSERT_EQ(TrainIn(first.path(), job, "a", QuietSeams()), ExitCode::kComplete);
  ASSERT_EQ(TrainIn(second.path(), job, "a", QuietSeams()), ExitCode::kComplete);
  ExpectEqualResults(first.path(), second.path());
}

// A job whose last two checkpoints lie at batches 11 and 12, in `folder`.
Job StoppedAfterTwelve(const fs::path& folder) {
  Job job = JobOf(ThreeRuns());
  job.checkpoint_seconds = 0;
  EXPECT_EQ(TrainIn(folder, job, "a", StopAfter(12)), ExitCode::kIncomplete);
  return job;
}

TEST(Checkpoint, KeepsTheLastTwo) {
  const TemporaryFolder folder;
  StoppedAfterTwelve(folder.path());
  EXPECT_EQ(CheckpointsIn(folder.path()), 2);
  EXPECT_FALSE(Find(folder.path(), CheckpointFile(12 * 64)).empty());
  EXPECT_FALSE(Find(folder.path(), CheckpointFile(11 * 64)).empty());
}

struct Found {
  std::optional<GangState> state;
  std::vector<std::string> notes;
};

Found Newest(const fs::path& folder, const Job& job) {
  Found found;
  found.state = NewestCheckpoint(
      folder, job, at::kCPU, [&](const std::string& note) { found.notes.push_back(note); });
  return found;
}

void ExpectThePreviousOne(const fs::path& folder, const Job& job) {
  const Found found = Newest(folder, job);
  ASSERT_TRUE(found.state.has_value());
  EXPECT_EQ(found.state->batches, 11);
  ASSERT_EQ(found.notes.size(), 1U);
  EXPECT_NE(found.notes[0].find("checksum"), std::string::npos) << found.notes[0];
}

void Write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// Every part of the file is met: the header's length, the job's id and the threads among the
// metadata, names and shapes, numbers, and the checksum itself.
TEST(NewestCheckpoint, PassesOverOneWithABitFlippedAnywhere) {
  const TemporaryFolder folder;
  const Job job = StoppedAfterTwelve(folder.path());
  const fs::path newest = Find(folder.path(), CheckpointFile(12 * 64));
  const std::string whole = ReadFile(newest);
  std::uint64_t header = 0;
  std::memcpy(&header, whole.data(), sizeof header);
  const std::size_t data = sizeof header + header;
  ASSERT_GT(whole.size(), 20'000U);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < data; i += i < 700 ? 3 : 31) places.push_back(i);
  for (std::size_t i = data; i < whole.size(); i += 997) places.push_back(i);
  for (std::size_t i = whole.size() - 34; i < whole.size(); i += 3) places.push_back(i);
  for (const char* word : {job.id.c_str(), "\"threads\":\"1\"", "\"activation_scale\":\"0.5\""}) {
    ASSERT_LT(whole.find(word), data) << word;
    places.push_back(whole.find(word) + std::string(word).size() - 2);
  }
  for (const std::size_t place : places) {
    SCOPED_TRACE(place);
    std::string bytes = whole;
    bytes[place] = static_cast<char>(bytes[place] ^ (1 << (place % 8)));
    Write(newest, bytes);
    ExpectThePreviousOne(folder.path(), job);
  }
}

TEST(NewestCheckpoint, PassesOverATruncatedOne) {
  const TemporaryFolder folder;
  const Job job = StoppedAfterTwelve(folder.path());
  const fs::path newest = Find(folder.path(), CheckpointFile(12 * 64));
  const std::string whole = ReadFile(newest);
  std::vector<std::size_t> lengths = {0, 1, 7, 8, 9, 31, 32, 33, whole.size() - 1};
  for (std::size_t length = 100; length < whole.size(); length += whole.size() / 60) {
    lengths.push_back(length);
  }
  for (const std::size_t length : lengths) {
    SCOPED_TRACE(length);
    Write(newest, whole.substr(0, length));
    ExpectThePreviousOne(folder.path(), job);
  }
}

TEST(NewestCheckpoint, AJobWhoseLastOneIsDamagedEndsWithTheSameBits) {
  const TemporaryFolder whole, damaged;
  const Job job = JobOf(ThreeRuns());
  ASSERT_EQ(TrainIn(whole.path(), job, "a", QuietSeams()), ExitCode::kComplete);
  StoppedAfterTwelve(damaged.path());
  const fs::path newest = Find(damaged.path(), CheckpointFile(12 * 64));
  Write(newest, ReadFile(newest).substr(0, 5000));
  ASSERT_EQ(TrainIn(damaged.path(), job, "b", QuietSeams()), ExitCode::kComplete);
  ExpectEqualResults(whole.path(), damaged.path());
}

void ExpectRefused(const fs::path& folder, const Job& job, const std::string& part) {
  try {
    Newest(folder, job);
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(NewestCheckpoint, RefusesOneOfAnotherConfiguration) {
  const TemporaryFolder folder;
  const Job job = StoppedAfterTwelve(folder.path());
  Job other = job;
  other.id = "another";
  ExpectRefused(folder.path(), other, "another");
  other = job;
  other.activation_scale = 0.75;
  ExpectRefused(folder.path(), other, "activation_scale 0.5, the job has 0.75");
  other = job;
  other.threads = 2;
  ExpectRefused(folder.path(), other, "threads 1, the job has 2");
  other = job;
  other.device = "cuda:1";
  ExpectRefused(folder.path(), other, "device cpu, the job has cuda");
}

// One that an earlier version wrote has no name of its format.
TEST(NewestCheckpoint, RefusesOneOfAnEarlierVersionInOneLine) {
  const TemporaryFolder folder;
  const Job job = JobOf({SmallSpec()});
  const fs::path attempt = folder.path() / kAttemptsFolder / "a";
  fs::create_directories(attempt);
  StreamSealedSafetensors(attempt / CheckpointFile(64), {}, {{"job", job.id}});
  ExpectRefused(folder.path(), job, "is of another version of saelaw");
}

// The job file of a job that has begun does not change; should it, what was begun goes on as it
// was.
TEST(NewestCheckpoint, BringsTheTuningItsStepsWereTakenWith) {
  const TemporaryFolder folder;
  Job job = JobOf(ThreeRuns(), kReferencePath, 1);
  ASSERT_EQ(TrainIn(folder.path(), job, "a", StopAfter(5)), ExitCode::kIncomplete);
  job.tuning = {std::string(FastestPathOn(at::kCPU)), 0.5, 0.5};
  const Found found = Newest(folder.path(), job);
  ASSERT_TRUE(found.state.has_value());
  EXPECT_EQ(found.state->tuning.path, "reference");
  EXPECT_EQ(found.state->tuning.dense_above_bf16, 0.25);
}

TEST(NewestCheckpoint, IsNothingInAFreshFolder) {
  const TemporaryFolder folder;
  EXPECT_FALSE(Newest(folder.path(), JobOf(ThreeRuns())).state);
}

// A gang stopped after 12 batches, and a job of two of its runs in the folder beside.
class ContinuedGang : public ::testing::Test {
 protected:
  ContinuedGang() {
    gang_ = StoppedAfterTwelve(jobs_.path() / "gang");
    part_ = gang_;
    part_.runs.erase(part_.runs.begin());
    part_.id = ComputeId(part_);
    part_.continues = {"nothing-there", "gang"};
  }
  Found Start(const Job& part) const { return Newest(jobs_.path() / "part", part); }

  TemporaryFolder jobs_;
  Job gang_, part_;
};

TEST_F(ContinuedGang, PartsEndWithTheBitsOfTheWhole) {
  const TemporaryFolder whole;
  ASSERT_EQ(TrainIn(whole.path(), JobOf(ThreeRuns()), "a", QuietSeams()), ExitCode::kComplete);
  const Found found = Start(part_);
  ASSERT_TRUE(found.state.has_value());
  EXPECT_EQ(found.state->batches, 12);
  EXPECT_EQ(found.state->members.size(), 2U);
  ASSERT_EQ(TrainIn(jobs_.path() / "part", part_, "a", QuietSeams()), ExitCode::kComplete);
  for (const RunSpec& spec : part_.runs) {
    EXPECT_EQ(NumbersOf(FindResult(jobs_.path() / "part", spec)),
              NumbersOf(FindResult(whole.path(), spec)));
    EXPECT_TRUE(ComputeWeights(jobs_.path() / "part", spec) == ComputeWeights(whole.path(), spec));
  }
}

TEST_F(ContinuedGang, ItsOwnCheckpointsComeFirst) {
  ASSERT_EQ(TrainIn(jobs_.path() / "part", part_, "a", StopAfter(3)), ExitCode::kIncomplete);
  EXPECT_EQ(Start(part_).state->batches, 15);
}

TEST_F(ContinuedGang, ADamagedCheckpointOfTheGangIsPassedOver) {
  const fs::path newest = Find(jobs_.path(), CheckpointFile(12 * 64));
  Write(newest, ReadFile(newest).substr(0, 5000));
  EXPECT_EQ(Start(part_).state->batches, 11);
}

TEST_F(ContinuedGang, WhatDoesNotAgreeIsPassedOverWithANote) {
  std::vector<std::pair<Job, std::string>> others(5, {part_, ""});
  others[0].first.activation_scale = 0.75;
  others[0].second = "activation_scale";
  others[1].first.tuning = {"reference", 0.3, 0.3};
  others[1].second = "steps were taken otherwise";
  others[2].first.threads = 2;
  others[2].second = "threads";
  others[3].first.runs[0].seed = 99;  // not one of the gang's
  others[3].second = "lacks a run";
  others[4].first.device = "cuda";
  others[4].second = "device";
  for (const auto& [job, why] : others) {
    const Found found = Start(job);
    EXPECT_FALSE(found.state) << why;
    ASSERT_EQ(found.notes.size(), 2U) << why;  // both of the gang's
    EXPECT_NE(found.notes[0].find(why), std::string::npos) << found.notes[0];
  }
}

// The third run has ended by then and left the checkpoint: it cannot be gone on with from there.
TEST_F(ContinuedGang, ARunThatHadLeftTheGangBeginsAnew) {
  ASSERT_EQ(TrainIn(jobs_.path() / "gang", gang_, "b", StopAfter(25)), ExitCode::kIncomplete);
  for (const auto& entry : fs::recursive_directory_iterator(jobs_.path() / "gang")) {
    const std::string name = entry.path().filename().string();
    if (CheckpointTokens(name) >= 0 && CheckpointTokens(name) < 30 * 64) fs::remove(entry.path());
  }
  EXPECT_FALSE(Start(part_).state);
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
