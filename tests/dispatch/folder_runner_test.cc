// FolderRunner over an executor that runs nothing: the test writes what a trainer would.
#include "dispatch/folder_runner.h"

#include <csignal>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "jobs/attempt_folder.h"
#include "jobs/checkpoints.h"
#include "jobs/jobs.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What the executor was asked for, and how its attempts stand.
struct Place {
  std::vector<Launch> launched;
  std::vector<std::pair<std::string, bool>> stopped;
  bool runs = true;  // or it waits in a queue
  std::map<std::string, int> ends;
};

class FakeExecutor : public Executor {
 public:
  explicit FakeExecutor(Place& place) : place_(place) {}
  int Capacity() const override { return 3; }
  milliseconds LookEvery() const override { return milliseconds(1); }
  void Start(const Launch& launch) override { place_.launched.push_back(launch); }
  bool IsKnownToRun(const std::string&) const override { return place_.runs; }
  std::optional<int> TakeEnd(const std::string& job_id) override {
    const auto end = place_.ends.extract(job_id);
    return end.empty() ? std::nullopt : std::optional(end.mapped());
  }
  void Stop(const std::string& job_id, bool force) override {
    place_.stopped.emplace_back(job_id, force);
  }

 private:
  Place& place_;
};

class FolderRunnerTest : public ::testing::Test {
 protected:
  std::vector<JobEvent> Look() { return runner_.Wait(milliseconds(0)); }
  std::filesystem::path JobPath() const { return jobs_.path() / job_.id; }
  AttemptEnd EndWith(int code) {
    place_.ends[job_.id] = code;
    return std::get<AttemptEnd>(Look().back().what);
  }

  TemporaryFolder jobs_;
  Place place_;
  FolderRunner runner_{jobs_.path(), std::make_unique<FakeExecutor>(place_)};
  Job job_ = TrainJob({1, 2});
};

TEST_F(FolderRunnerTest, LaunchesATrainerOnAFolderThatIsReady) {
  EXPECT_EQ(runner_.Capacity(), 3);
  runner_.Start(job_, "1_aa");
  ASSERT_THAT(place_.launched, SizeIs(1));
  const Launch& launch = place_.launched[0];
  EXPECT_EQ(launch.job_id, job_.id);
  EXPECT_EQ(launch.attempt_id, "1_aa");
  EXPECT_EQ(ReadFile(launch.job_file), ToJson(job_));
  EXPECT_EQ(launch.log, JobPath() / "stderr-1_aa.log");
  EXPECT_EQ(ReadFile(JobPath() / kCurrentFile), "1_aa");
}

TEST_F(FolderRunnerTest, TellsTheFirstSignOfLifeOnce) {
  runner_.Start(job_, "1_aa");
  auto events = Look();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_TRUE(std::holds_alternative<AttemptBegun>(events[0].what));
  const AttemptFolder attempt(JobPath(), "1_aa");
  EXPECT_THAT(Look(), IsEmpty());
  attempt.WriteResult(ResultOfSeed(1));
  events = Look();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].job_id, job_.id);
  EXPECT_EQ(events[0].attempt_id, "1_aa");
  EXPECT_EQ(std::get<FinishedRun>(events[0].what).result.id, ResultOfSeed(1).id);
}

TEST_F(FolderRunnerTest, SaysNothingOfAnAttemptInAQueueUntilItsFolderIsThere) {
  place_.runs = false;
  runner_.Start(job_, "1_aa");
  EXPECT_THAT(Look(), IsEmpty());
  const AttemptFolder attempt(JobPath(), "1_aa");
  const auto events = Look();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_TRUE(std::holds_alternative<AttemptBegun>(events[0].what));
}

TEST_F(FolderRunnerTest, TellsAllThatWasFinishedBeforeTheEnd) {
  runner_.Start(job_, "1_aa");
  const AttemptFolder attempt(JobPath(), "1_aa");
  attempt.WriteResult(ResultOfSeed(1));
  attempt.WriteResult(ResultOfSeed(2));
  place_.ends[job_.id] = 0;
  const auto events = Look();
  ASSERT_THAT(events, SizeIs(4));
  EXPECT_EQ(std::get<AttemptEnd>(events.back().what).exit_code, 0);
  EXPECT_THAT(Look(), IsEmpty());
}

TEST_F(FolderRunnerTest, OfAFailureTheTrainersOwnWordsAreTold) {
  runner_.Start(job_, "1_aa");
  AttemptFolder(JobPath(), "1_aa").WriteFailure({78, "no such layer: 99"});
  WriteFile(place_.launched[0].log, "noise\n");
  EXPECT_EQ(EndWith(78).message, "no such layer: 99");
}

TEST_F(FolderRunnerTest, ElseTheLastLineOfItsOutputElseItsCodeOrSignal) {
  runner_.Start(job_, "1_aa");
  WriteFile(place_.launched[0].log, "first\ncannot load libfoo.so\n \n");
  EXPECT_EQ(EndWith(127).message, "cannot load libfoo.so");
  runner_.Start(job_, "2_bb");
  EXPECT_EQ(EndWith(3).message, "the trainer ended with code 3");
  runner_.Start(job_, "3_cc");
  EXPECT_THAT(EndWith(-SIGKILL).message, HasSubstr("out of memory"));
}

TEST_F(FolderRunnerTest, RemovesEarlierCheckpointsWhenAnAttemptHasTwoOfItsOwn) {
  const AttemptFolder earlier(jobs_.path() / job_.id, "1_aa");
  WriteFile(earlier.folder() / CheckpointFile(10), "x");
  runner_.Start(job_, "2_bb");
  const AttemptFolder attempt(JobPath(), "2_bb");
  WriteFile(attempt.folder() / CheckpointFile(20), "x");
  Look();
  EXPECT_THAT(CheckpointsOfJob(JobPath()), SizeIs(2));
  WriteFile(attempt.folder() / CheckpointFile(30), "x");
  Look();
  EXPECT_THAT(
      CheckpointsOfJob(JobPath()),
      ElementsAre(attempt.folder() / CheckpointFile(30), attempt.folder() / CheckpointFile(20)));
  runner_.RemoveCheckpoints(job_.id);
  EXPECT_THAT(CheckpointsOfJob(JobPath()), IsEmpty());
}

TEST_F(FolderRunnerTest, CollectsUnderEachAttemptsOwnId) {
  EXPECT_THAT(runner_.Collect(job_), IsEmpty());
  runner_.Start(job_, "1_aa");
  AttemptFolder(JobPath(), "1_aa").WriteResult(ResultOfSeed(1));
  const auto events = runner_.Collect(job_);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].attempt_id, "1_aa");
}

TEST_F(FolderRunnerTest, PassesStopsOn) {
  runner_.Start(job_, "1_aa");
  runner_.Stop(job_.id, false);
  runner_.Stop(job_.id, true);
  EXPECT_THAT(place_.stopped, ElementsAre(std::pair(job_.id, false), std::pair(job_.id, true)));
}

}  // namespace
}  // namespace saelaw
