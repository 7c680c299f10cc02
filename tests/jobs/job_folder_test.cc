#include "jobs/job_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/files.h"
#include "jobs/attempt_folder.h"
#include "jobs/checkpoints.h"
#include "jobs/jobs.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class JobFolderTest : public ::testing::Test {
 protected:
  // An attempt that has left a checkpoint.
  void LeaveCheckpoint(const std::string& attempt_id, std::int64_t tokens) const {
    const AttemptFolder attempt(folder_.path(), attempt_id);
    WriteFile(attempt.folder() / CheckpointFile(tokens), "x");
  }

  TemporaryFolder jobs_;
  Job job_ = TrainJob({1, 2});
  JobFolder folder_{jobs_.path() / job_.id};
};

TEST_F(JobFolderTest, IsMadeReadyForAnAttempt) {
  folder_.Prepare(job_, "1_aa");
  EXPECT_EQ(ReadFile(folder_.job_file()), ToJson(job_));
  EXPECT_EQ(ReadFile(folder_.path() / kCurrentFile), "1_aa");
  EXPECT_TRUE(AttemptFolder(folder_.path(), "1_aa").IsCurrent());
  EXPECT_EQ(folder_.NameLog("1_aa"), folder_.path() / "stderr-1_aa.log");
}

// Every attempt has to give the same bits.
TEST_F(JobFolderTest, ItsJobFileStaysOnceSomethingDependsOnIt) {
  folder_.Prepare(job_, "1_aa");
  Job other = job_;
  other.threads = 7;
  folder_.Prepare(other, "2_bb");
  EXPECT_EQ(ReadFile(folder_.job_file()), ToJson(other));
  LeaveCheckpoint("2_bb", 64);
  folder_.Prepare(job_, "3_cc");
  EXPECT_EQ(ReadFile(folder_.job_file()), ToJson(other));
  EXPECT_EQ(ReadFile(folder_.path() / kCurrentFile), "3_cc");
}

TEST_F(JobFolderTest, KeepsTheLastTwoCheckpointsForTheNextAttempt) {
  folder_.Prepare(job_, "1_aa");
  for (const std::int64_t tokens : {10, 20, 30}) LeaveCheckpoint("1_aa", tokens);
  folder_.Prepare(job_, "2_bb");
  EXPECT_THAT(CheckpointsOfJob(folder_.path()), SizeIs(2));
}

TEST_F(JobFolderTest, HasNothingToCollectBeforeItsFirstAttempt) {
  EXPECT_THAT(folder_.Collect(job_), IsEmpty());
  EXPECT_FALSE(fs::exists(folder_.path()));
}

TEST_F(JobFolderTest, CollectsWhatEveryAttemptHasFinished) {
  folder_.Prepare(job_, "4_bb");
  const AttemptFolder first(folder_.path(), "3_aa"), second(folder_.path(), "4_bb");
  first.WriteResult(ResultOfSeed(1));
  first.WriteProgress(Progress{});
  second.WriteResult(ResultOfSeed(2));
  const auto earlier = folder_.Collect(job_);
  ASSERT_THAT(earlier, SizeIs(2));
  EXPECT_EQ(earlier[0].attempt_id, "3_aa");
  EXPECT_EQ(std::get<FinishedRun>(earlier[0].news).result.id, ResultOfSeed(1).id);
  EXPECT_EQ(earlier[1].attempt_id, "4_bb");
  // One that still runs reads this before it writes, and ends.
  EXPECT_FALSE(second.IsCurrent());
}

TEST_F(JobFolderTest, CannotBeMadeWhereThereIsAFile) {
  jobs_.Write(job_.id, "a file");
  try {
    folder_.Prepare(job_, "1_aa");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kIo);
  }
}

}  // namespace
}  // namespace saelaw
