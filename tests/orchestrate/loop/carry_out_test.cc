#include "orchestrate/loop/carry_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "jobs/checkpoints.h"
#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CarryOutTest : public WorkplaceTest {
 protected:
  CarryOutTest() { store_.SaveSweep("small", "", ""); }

  // One run of that seed, written down.
  Job Planned(std::uint64_t seed) {
    const RunSpec run = MakeRun(SmallSweep(), 524288, 128, 0.002, seed);
    store_.AddRuns("small", {{run, "loss-law", ""}});
    Job job;
    job.runs = {run};
    job.id = ComputeId(job);
    store_.AddJob(job);
    return job;
  }

  Execution execution_;
};

TEST_F(CarryOutTest, ResultsAreInTheStoreWhenItReturns) {
  const Job job = Planned(0);
  EXPECT_EQ(CarryOut(work_, execution_, {job}), ExitCode::kComplete);
  EXPECT_TRUE(store_.HasAllResults(job.id));
  EXPECT_THAT(store_.OpenAttempts(), IsEmpty());
  EXPECT_THAT(watcher_.lines, ElementsAre("result"));
}

TEST_F(CarryOutTest, TheCodeIsTheReasonOfWhatFailed) {
  world_.finishes = [](const RunSpec&) { return false; };
  world_.end = [](const Job&) { return AttemptEnd{78, "no such layer"}; };
  EXPECT_EQ(CarryOut(work_, execution_, {Planned(0)}), ExitCode::kConfiguration);
  world_.end = [](const Job&) { return AttemptEnd{1, "crash"}; };
  EXPECT_EQ(CarryOut(work_, execution_, {Planned(1)}), ExitCode::kFailure);
  EXPECT_THAT(watcher_.lines, Contains("failed: no such layer"));
  EXPECT_THAT(watcher_.lines, Contains("failed: crash"));
}

TEST_F(CarryOutTest, AnInterruptEndsItWithItsOwnCode) {
  world_.endless = true;
  interrupts_ = 1;
  const std::vector<Job> jobs = {Planned(0), Planned(1)};
  EXPECT_EQ(CarryOut(work_, execution_, jobs), ExitCode::kInterrupted);
  EXPECT_THAT(world_.started, IsEmpty());
  EXPECT_THAT(watcher_.lines, ElementsAre("stopped with 2 left"));
}

TEST_F(CarryOutTest, ARequestOfAnotherProcessEndsItIncomplete) {
  world_.endless = true;
  const Job job = Planned(0);
  int looks = 0;
  work_.interrupts.count = [&] {
    if (++looks == 3) store_.AddRequest(RequestKind::kStop, "");
    return 0;
  };
  EXPECT_EQ(CarryOut(work_, execution_, {job}), ExitCode::kIncomplete);
  EXPECT_THAT(watcher_.lines, Contains("asked to end"));
  EXPECT_THAT(watcher_.lines, Contains("stopped with 1 left"));
}

TEST_F(CarryOutTest, ABudgetThatIsSpentEndsItAndItsTimeIsKept) {
  world_.endless = true;
  WallBudget::SteadyClock::time_point now = BootNow() - std::chrono::hours(1);
  WallBudget budget(store_, "small", 60, std::nullopt, [&] { return now; });
  now += std::chrono::hours(1);
  EXPECT_EQ(CarryOut(work_, execution_, {Planned(0)}, &budget), ExitCode::kIncomplete);
  EXPECT_EQ(store_.SumWallSeconds("small"), 3600);
}

TEST_F(CarryOutTest, WhatAKilledPlannerLeftIsClosed) {
  const Job done = Planned(0), left = Planned(1);
  store_.AcceptResult(store_.BeginAttempt(done.id), WorldResult(done.runs[0]), "");
  store_.BeginAttempt(left.id);
  const auto checkpoint = [&](const Job& job) {
    const std::filesystem::path attempt = work_.jobs_folder / job.id / "attempts" / "1_aa-n";
    std::filesystem::create_directories(attempt);
    WriteFile(attempt / CheckpointFile(64), "x");
    return attempt / CheckpointFile(64);
  };
  const auto of_done = checkpoint(done), of_left = checkpoint(left);
  CloseLeftOver(work_);
  EXPECT_THAT(store_.OpenAttempts(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(of_done));
  EXPECT_TRUE(std::filesystem::exists(of_left));
}

}  // namespace
}  // namespace saelaw
