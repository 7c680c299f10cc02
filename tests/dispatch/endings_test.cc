// Trainers that are silent, asked to end, or forced to.
#include <chrono>

#include <gmock/gmock.h>

#include "dispatch/fakes.h"

namespace saelaw {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(DispatcherTest, ASilentTrainerIsStoppedAndTriedAgain) {
  const Job job = TrainJob({1});
  options_.silence = seconds(5);
  options_.grace = seconds(3);
  runner_.deaf = true;
  Script(job, {});
  Succeeds(job);
  EXPECT_THAT(Run({job}).failed, IsEmpty());
  EXPECT_THAT(runner_.stops, ElementsAre("ask", "force"));
  EXPECT_EQ(watcher_.lines.front(), "asked 1 3");
  EXPECT_THAT(ledger_.lines,
              ElementsAre("begin 1 t1",
                          "end t1 -9 no progress for 5 s: stopped",
                          "begin 1 t2",
                          "result t2",
                          "end t2 0 "));
}

// A cluster's queue may be longer than any trainer's silence.
TEST_F(DispatcherTest, AnAttemptThatWaitsForAPlaceIsNotSilent) {
  const Job job = TrainJob({1});
  options_.silence = seconds(5);
  runner_.queued = true;
  FakeRunner::Script script(1000);
  script.push_back({AttemptBegun{}});
  script.push_back({Finishes(1), Ends(0)});
  Script(job, script);
  EXPECT_THAT(Run({job}).failed, IsEmpty());
  EXPECT_THAT(runner_.stops, IsEmpty());
}

TEST_F(DispatcherTest, SilenceCountsFromTheFirstSignOfLife) {
  const Job job = TrainJob({1});
  options_.silence = seconds(5);
  runner_.queued = true;
  FakeRunner::Script script(1000);
  script.push_back({AttemptBegun{}});
  Script(job, script);
  Script(job, {{Finishes(1), Ends(0)}});
  EXPECT_THAT(Run({job}).failed, IsEmpty());
  EXPECT_THAT(runner_.stops, ElementsAre("ask"));
  EXPECT_GE(runner_.now.time_since_epoch(), seconds(1005));
  EXPECT_LT(runner_.now.time_since_epoch(), seconds(1010));
}

TEST_F(DispatcherTest, ProgressKeepsTheWatchdogQuiet) {
  const Job job = TrainJob({1});
  options_.silence = seconds(3);
  FakeRunner::Script script;
  for (int i = 0; i < 10; ++i) {
    script.push_back({});
    script.push_back({Progress{}});
  }
  script.push_back({Finishes(1), Ends(0)});
  Script(job, script);
  Run({job});
  EXPECT_THAT(runner_.stops, IsEmpty());
}

TEST_F(DispatcherTest, AskedToFinishItAsksEveryTrainerOnceAndStartsNoMore) {
  const std::vector<Job> jobs = {TrainJob({1}), TrainJob({2}), TrainJob({3})};
  runner_.capacity = 2;
  options_.max_attempts = 1;  // an end that was asked for is no failed attempt
  options_.stop = [this] {
    return runner_.now.time_since_epoch() < seconds(4) ? StopRequest::kNone : StopRequest::kFinish;
  };
  const DispatchOutcome outcome = Run(jobs);
  EXPECT_EQ(outcome.end, DispatchEnd::kStopped);
  EXPECT_EQ(outcome.jobs_left, 3);
  EXPECT_THAT(outcome.failed, IsEmpty());
  EXPECT_THAT(runner_.stops, ElementsAre("ask", "ask"));
}

TEST_F(DispatcherTest, AskedTwiceItForcesEachTrainerOnce) {
  runner_.deaf = true;
  runner_.waits_to_die = 3;
  options_.grace = std::chrono::hours(10);
  options_.stop = [this] {
    const auto time = runner_.now.time_since_epoch();
    if (time < seconds(4)) return StopRequest::kNone;
    return time < minutes(60) ? StopRequest::kFinish : StopRequest::kForce;
  };
  options_.silence = std::chrono::hours(10);
  EXPECT_EQ(Run({TrainJob({1})}).end, DispatchEnd::kStopped);
  EXPECT_THAT(runner_.stops, ElementsAre("ask", "force"));
  EXPECT_GE(runner_.now.time_since_epoch(), minutes(60));
  EXPECT_EQ(ledger_.lines.back(), "end t1 -9 ended by force");
}

TEST_F(DispatcherTest, ATrainerThatWasAskedHasTheGraceForItsCheckpoint) {
  runner_.deaf = true;
  runner_.waits_to_die = 3;
  options_.grace = minutes(3);
  options_.stop = [this] {
    return runner_.now.time_since_epoch() < seconds(4) ? StopRequest::kNone : StopRequest::kFinish;
  };
  const DispatchOutcome outcome = Run({TrainJob({1})});
  EXPECT_EQ(outcome.end, DispatchEnd::kStopped);
  EXPECT_EQ(outcome.jobs_left, 1);
  EXPECT_THAT(runner_.stops, ElementsAre("ask", "force"));
  EXPECT_GE(runner_.now.time_since_epoch(), seconds(4) + minutes(3));
  EXPECT_LT(runner_.now.time_since_epoch(), seconds(14) + minutes(3));
  EXPECT_THAT(watcher_.lines, ElementsAre("asked 1 180", "end 1 -9"));
  EXPECT_THAT(ledger_.lines, ElementsAre("begin 1 t1", "end t1 -9 ended by force"));
}

TEST_F(DispatcherTest, WhatFinishesWhileItEndsIsComplete) {
  const Job job = TrainJob({1});
  Script(job, {{}, {Finishes(1), Ends(0)}});
  options_.stop = [this] {
    return runner_.now.time_since_epoch() < seconds(2) ? StopRequest::kNone : StopRequest::kFinish;
  };
  const DispatchOutcome outcome = Run({job});
  EXPECT_EQ(outcome.end, DispatchEnd::kComplete);
  EXPECT_EQ(outcome.jobs_left, 0);
}

TEST_F(DispatcherTest, TheDeadlineAsksThenForces) {
  runner_.deaf = true;
  options_.deadline = DispatchOptions::Clock::time_point(minutes(5));
  options_.grace = seconds(30);
  const DispatchOutcome outcome = Run({TrainJob({1}), TrainJob({2})});
  EXPECT_EQ(outcome.end, DispatchEnd::kDeadline);
  EXPECT_EQ(outcome.jobs_left, 2);
  EXPECT_THAT(runner_.stops, ElementsAre("ask", "force"));
  EXPECT_LT(runner_.now.time_since_epoch(), minutes(6));
}

}  // namespace
}  // namespace saelaw
