// Jobs, attempts, results and gangs that do not fit.
#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "dispatch/fakes.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(DispatcherTest, JobsStartInOrderWithinCapacity) {
  const std::vector<Job> jobs = {TrainJob({1}), TrainJob({2}), TrainJob({3})};
  for (const Job& job : jobs) Succeeds(job);
  const DispatchOutcome outcome = Run(jobs);
  EXPECT_EQ(outcome.end, DispatchEnd::kComplete);
  EXPECT_EQ(outcome.jobs_left, 0);
  EXPECT_THAT(outcome.failed, IsEmpty());
  EXPECT_THAT(ledger_.lines,
              ElementsAre("begin 1 t1",
                          "result t1",
                          "end t1 0 ",
                          "begin 2 t2",
                          "result t2",
                          "end t2 0 ",
                          "begin 3 t3",
                          "result t3",
                          "end t3 0 "));
  EXPECT_EQ(runner_.most_at_once, 1U);
}

TEST_F(DispatcherTest, AllWorkersAreUsed) {
  const std::vector<Job> jobs = {TrainJob({1}), TrainJob({2}), TrainJob({3})};
  for (const Job& job : jobs) Succeeds(job);
  runner_.capacity = 2;
  Run(jobs);
  EXPECT_EQ(runner_.most_at_once, 2U);
}

TEST_F(DispatcherTest, WhatEarlierAttemptsFinishedIsCollectedAndNotRunAgain) {
  const Job job = TrainJob({1, 2});
  runner_.earlier[job.id] = {Finishes(1), Finishes(2)};
  EXPECT_EQ(Run({job}).end, DispatchEnd::kComplete);
  EXPECT_THAT(ledger_.lines, ElementsAre("result earlier", "result earlier"));
}

// What is said could be lost no more: a kill between the two must not unsay it.
TEST_F(DispatcherTest, PeopleAreToldOnceTheLedgerHasIt) {
  const Job job = TrainJob({1, 2});
  runner_.earlier[job.id] = {Finishes(1)};
  Script(job, {{Progress{}}, {Finishes(1), Finishes(2), Ends(0)}});
  Run({job});
  EXPECT_THAT(watcher_.lines, ElementsAre("result 1", "progress 1", "result 1", "end 1 0"));
  EXPECT_THAT(watcher_.written_last,
              ElementsAre("result earlier", "progress t1", "result t1", "end t1 0 "));
}

TEST_F(DispatcherTest, BeginsNothingThatWouldNotBeDoneInTimeAndWhatFitsInItsPlace) {
  const Job long_one = TrainJob({1}), short_one = TrainJob({2});
  Succeeds(short_one);
  options_.in_time = [&](const Job& job) { return job.id != long_one.id; };
  const DispatchOutcome outcome = Run({long_one, short_one});
  EXPECT_EQ(outcome.end, DispatchEnd::kDeadline);
  EXPECT_EQ(outcome.jobs_left, 1);
  EXPECT_THAT(ledger_.lines, ElementsAre("begin 2 t1", "result t1", "end t1 0 "));
}

// What is there already takes no time.
TEST_F(DispatcherTest, TakesInWhatEarlierAttemptsFinishedWhereNothingWouldBeDoneInTime) {
  const Job job = TrainJob({1});
  runner_.earlier[job.id] = {Finishes(1)};
  options_.in_time = [](const Job&) { return false; };
  EXPECT_EQ(Run({job}).end, DispatchEnd::kComplete);
}

TEST_F(DispatcherTest, TheReasonOfTheLastFailureIsItsCode) {
  const std::pair<int, ExitCode> cases[] = {{74, ExitCode::kIo},
                                            {78, ExitCode::kConfiguration},
                                            {64, ExitCode::kFailure},
                                            {-SIGSEGV, ExitCode::kFailure}};
  std::uint64_t seed = 0;
  for (const auto& [exit_code, reason] : cases) {
    const Job first = TrainJob({++seed}), last = TrainJob({++seed});
    Script(first, {{Ends(exit_code == 74 ? 78 : 74)}});
    for (int i = 0; i < 3; ++i) Script(last, {{Ends(exit_code)}});
    EXPECT_EQ(Run({first, last}).failure_code, reason) << exit_code;
  }
}

TEST_F(DispatcherTest, ACrashedAttemptIsTriedAgainBeforeOtherJobs) {
  const Job crashing = TrainJob({1}), other = TrainJob({2});
  Script(crashing, {{Ends(-SIGSEGV, "segmentation fault")}});
  Succeeds(crashing);
  Succeeds(other);
  EXPECT_THAT(Run({crashing, other}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines,
              ElementsAre("begin 1 t1",
                          "end t1 -11 segmentation fault",
                          "begin 1 t2",
                          "result t2",
                          "end t2 0 ",
                          "begin 2 t3",
                          "result t3",
                          "end t3 0 "));
}

TEST_F(DispatcherTest, AJobFailsAfterThreeAttemptsAndTheOthersGoOn) {
  const Job crashing = TrainJob({1}), other = TrainJob({2});
  for (int i = 1; i <= 4; ++i) Script(crashing, {{Ends(1, fmt::format("crash {}", i))}});
  Succeeds(other);
  const DispatchOutcome outcome = Run({crashing, other});
  EXPECT_EQ(outcome.end, DispatchEnd::kComplete);
  ASSERT_THAT(outcome.failed, SizeIs(1));
  EXPECT_EQ(outcome.failed[0].job.id, crashing.id);
  EXPECT_EQ(outcome.failed[0].message, "crash 3");
  EXPECT_THAT(ledger_.lines, ::testing::Contains("failed 1 crash 3"));
  EXPECT_EQ(ledger_.lines.back(), "end t4 0 ");
}

TEST_F(DispatcherTest, MistakesAndFullDisksAreNotTriedAgain) {
  for (const int code : {64, 74, 78}) {
    const Job job = TrainJob({static_cast<std::uint64_t>(code)});
    Script(job, {{Ends(code, "no such layer")}});
    const DispatchOutcome outcome = Run({job});
    ASSERT_THAT(outcome.failed, SizeIs(1)) << code;
    EXPECT_EQ(outcome.failed[0].message, "no such layer");
  }
  EXPECT_THAT(ledger_.lines, SizeIs(3 * 3));  // begin, end, failed
}

TEST_F(DispatcherTest, AGoodEndWithoutItsResultIsACrash) {
  const Job job = TrainJob({1});
  Script(job, {{Ends(0)}});
  Succeeds(job);
  EXPECT_THAT(Run({job}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines[1], HasSubstr("without all its results"));
}

TEST_F(DispatcherTest, ResultsThatCameBeforeACrashCount) {
  const Job job = TrainJob({1});
  Script(job, {{Finishes(1), Ends(-SIGKILL, "killed")}});
  EXPECT_THAT(Run({job}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines, ElementsAre("begin 1 t1", "result t1", "end t1 -9 killed"));
}

TEST_F(DispatcherTest, AGangThatNeedsTooMuchMemoryIsSplit) {
  const Job gang = TrainJob({1, 2, 3, 4});
  Script(gang, {{Finishes(4)}, {Ends(71, "out of memory")}});
  Succeeds(TrainJob({1, 2}));
  Succeeds(TrainJob({3}));
  EXPECT_THAT(Run({gang}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines,
              ElementsAre("begin 1 t1",
                          "result t1",
                          "end t1 71 out of memory",
                          "split 1 into 2 1",
                          "begin 1 t2",
                          "result t2",
                          "result t2",
                          "end t2 0 ",
                          "begin 3 t3",
                          "result t3",
                          "end t3 0 "));
}

// What the gang had trained is not trained again, and goes when nobody can want it any more.
TEST_F(DispatcherTest, PartsGoOnFromTheCheckpointsOfTheirGang) {
  const Job gang = TrainJob({1, 2, 3}), half = TrainJob({1, 2}), other = TrainJob({3});
  const Job first = TrainJob({1}), second = TrainJob({2});
  Script(gang, {{Ends(71, "out of memory")}});
  Script(half, {{Ends(71, "out of memory")}});
  Succeeds(first);
  Succeeds(second);
  Succeeds(other);
  EXPECT_THAT(Run({gang}).failed, IsEmpty());
  EXPECT_THAT(ledger_.jobs.at(half.id).continues, ElementsAre(gang.id));
  EXPECT_THAT(ledger_.jobs.at(second.id).continues, ElementsAre(half.id, gang.id));
  EXPECT_THAT(ledger_.jobs.at(other.id).continues, ElementsAre(gang.id));
  EXPECT_THAT(runner_.removed, ElementsAre(first.id, second.id, half.id, other.id, gang.id));
}

TEST_F(DispatcherTest, CheckpointsOfAFailedJobStay) {
  const Job gang = TrainJob({1, 2}), done = TrainJob({3});
  Script(gang, {{Ends(74, "no space")}});
  Succeeds(done);
  EXPECT_THAT(Run({gang, done}).failed, SizeIs(1));
  EXPECT_THAT(runner_.removed, ElementsAre(done.id));
}

// The kernel ends a process for want of memory as kill -9 does; a gang is no more lost for it.
TEST_F(DispatcherTest, AGangThatIsKilledAtEveryAttemptIsSplit) {
  const Job gang = TrainJob({1, 2});
  for (int i = 0; i < 3; ++i) Script(gang, {{Ends(-SIGKILL, "killed")}});
  Succeeds(TrainJob({1}));
  Succeeds(TrainJob({2}));
  EXPECT_THAT(Run({gang}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines, ::testing::Contains("split 1 into 1 1"));
  EXPECT_EQ(ledger_.lines.back(), "end t5 0 ");
}

TEST_F(DispatcherTest, AGangOfWhichNoTwoFitTogetherIsSplitToTheLast) {
  for (const auto& seeds : std::vector<std::vector<std::uint64_t>>{{1, 2, 3}, {1, 2}}) {
    Script(TrainJob(seeds), {{Ends(71, "out of memory")}});
  }
  for (std::uint64_t seed = 1; seed <= 3; ++seed) Succeeds(TrainJob({seed}));
  EXPECT_THAT(Run({TrainJob({1, 2, 3})}).failed, IsEmpty());
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    EXPECT_TRUE(ledger_.HasResult(ComputeId(RunWithSeed(seed))));
  }
}

TEST_F(DispatcherTest, ALoneRunThatNeedsTooMuchMemoryFails) {
  const Job job = TrainJob({1});
  Script(job, {{Ends(71, "out of memory")}});
  ASSERT_THAT(Run({job}).failed, SizeIs(1));
}

TEST_F(DispatcherTest, AMeasurementIsWhatAMeasureJobIsFor) {
  Job job;
  job.kind = JobKind::kMeasure;
  job.id = "measure";
  Script(job, {{Ends(0)}});
  Script(job, {{Measurement{}, Ends(0)}});
  EXPECT_THAT(Run({job}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines,
              ElementsAre("begin 0 t1",
                          "end t1 0 the trainer ended without all its results",
                          "begin 0 t2",
                          "measured",
                          "end t2 0 "));
}

TEST_F(DispatcherTest, ACaptureIsDoneWhenItEndsWell) {
  Job job;
  job.kind = JobKind::kCapture;
  job.id = "capture";
  Script(job, {{Ends(-SIGKILL, "killed")}});
  Script(job, {{Ends(0)}});
  EXPECT_EQ(Run({job}).end, DispatchEnd::kComplete);
  EXPECT_THAT(ledger_.lines, SizeIs(4));
}

TEST_F(DispatcherTest, ACaptureThatIsThereIsNotMadeAgain) {
  Job job;
  job.kind = JobKind::kCapture;
  job.id = "capture";
  ledger_.captured.insert(job.id);
  EXPECT_EQ(Run({job}).end, DispatchEnd::kComplete);
  EXPECT_THAT(ledger_.lines, IsEmpty());
}

}  // namespace
}  // namespace saelaw
