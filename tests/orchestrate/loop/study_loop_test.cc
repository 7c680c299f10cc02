// The whole loop in a world whose law is known, without a process.
#include "orchestrate/loop/study_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class StudyLoopTest : public WorkplaceTest {
 protected:
  ExitCode Run(const std::string& text = "name: small") { return RunStudy(work_, sweep_, text); }
  std::vector<Job> TrainJobs() const {
    std::vector<Job> jobs;
    for (const Job& job : world_.started) {
      if (job.kind == JobKind::kTrain) jobs.push_back(job);
    }
    return jobs;
  }

  Sweep sweep_ = SmallSweep();
};

TEST_F(StudyLoopTest, MeasuresThenTrainsRoundsUntilTheStudyIsComplete) {
  EXPECT_EQ(Run(), ExitCode::kComplete);
  EXPECT_EQ(world_.started.front().kind, JobKind::kMeasure);
  EXPECT_THAT(store_.AcceptedResults(), SizeIs(5));  // four sizes and the hold-out
  EXPECT_THAT(watcher_.lines, Contains("round of 4 in 1"));
  EXPECT_THAT(watcher_.lines, Contains("round of 1 in 1"));
  EXPECT_THAT(store_.OpenAttempts(), IsEmpty());
}

TEST_F(StudyLoopTest, DoesNothingForAStudyThatIsComplete) {
  EXPECT_EQ(Run(), ExitCode::kComplete);
  const std::size_t started = world_.started.size();
  EXPECT_EQ(Run(), ExitCode::kComplete);
  EXPECT_EQ(world_.started.size(), started);
}

// A sweep of two recipes, on one stream.
Arms TwoArms(const Sweep& sweep) {
  Arms arms;
  arms.name = "small";
  for (const char* recipe : {"plain", "fast"}) {
    Arm arm{recipe, 0, sweep};
    arm.sweep.name = std::string("small/") + recipe;
    if (arm.recipe == "fast") arm.sweep.training.threshold_lr *= 2;
    arms.list.push_back(std::move(arm));
  }
  return arms;
}

TEST_F(StudyLoopTest, TrainsTheArmsOfAComparisonTogether) {
  EXPECT_EQ(RunStudy(work_, TwoArms(sweep_), "name: small"), ExitCode::kComplete);
  EXPECT_THAT(store_.AcceptedResults(), SizeIs(10));
  EXPECT_THAT(watcher_.lines, Contains("round of 8 in 1"));
  EXPECT_THAT(watcher_.lines, Contains("round of 2 in 1"));
  EXPECT_THAT(store_.FindPredictions("small/plain"), SizeIs(1));
  EXPECT_THAT(store_.FindPredictions("small/fast"), SizeIs(1));
  // The sweep itself is there under its name, for the time on the clock and for `status`.
  EXPECT_EQ(store_.Sweeps().size(), 3u);
  EXPECT_THAT(store_.FindRuns("small/fast"), SizeIs(5));
}

TEST_F(StudyLoopTest, TrainsARunThatTwoArmsShareOnce) {
  Arms arms = TwoArms(sweep_);
  arms.list[1].sweep.training = arms.list[0].sweep.training;
  EXPECT_EQ(RunStudy(work_, arms, "name: small"), ExitCode::kComplete);
  EXPECT_THAT(store_.AcceptedResults(), SizeIs(5));
  EXPECT_THAT(store_.FindRuns("small/fast"), SizeIs(5));
}

// Of the second round it is known how long the machine takes; the first had to be tried.
TEST_F(StudyLoopTest, BeginsNothingThatWouldNotBeDoneBeforeTheCallEnds) {
  world_.result = [](const RunSpec& run) {
    RunResult result = WorldResult(run);
    result.wall_seconds = 3600;
    return result;
  };
  const CallEnd end{BootNow() + std::chrono::minutes(1), "--for is 1 min"};
  EXPECT_EQ(RunStudy(work_, sweep_, "name: small", end), ExitCode::kIncomplete);
  EXPECT_THAT(store_.AcceptedResults(), SizeIs(4));  // without the hold-out
  EXPECT_THAT(watcher_.lines, Contains("wall spent, 1 left"));
  // The next call goes on.
  EXPECT_EQ(Run(), ExitCode::kComplete);
}

// A prediction that is made after the fact is none.
TEST_F(StudyLoopTest, WritesDownWhatItPredictsBeforeTheHoldOutBegins) {
  std::vector<std::string> told_at_start;
  world_.end = [&](const Job& job) {
    if (job.kind == JobKind::kTrain && job.runs.front().tokens == sweep_.hold_out.tokens) {
      told_at_start = watcher_.lines;
      EXPECT_THAT(store_.FindPredictions("small"), SizeIs(1));
    }
    return AttemptEnd{};
  };
  EXPECT_EQ(Run(), ExitCode::kComplete);
  EXPECT_THAT(told_at_start, Contains("predicted"));
  ASSERT_THAT(watcher_.predictions, SizeIs(1));
  const double truth = 0.1 + 30 / std::sqrt(16777216.0);
  EXPECT_NEAR(watcher_.predictions[0].predicted, truth, 0.001 * truth);
  // This world has no noise, so that the interval has next to no width.
  EXPECT_LT(watcher_.predictions[0].lo, truth * (1 + 1e-9));
  EXPECT_GT(watcher_.predictions[0].hi, truth * (1 - 1e-9));
}

TEST_F(StudyLoopTest, GoesOnWithTheGangThatWasBegun) {
  world_.finishes = [&](const RunSpec& run) { return run.tokens == 524288; };
  world_.end = [&](const Job& job) {
    if (job.kind != JobKind::kTrain) return AttemptEnd{};
    interrupts_ = 1;
    return AttemptEnd{75, ""};
  };
  EXPECT_EQ(Run(), ExitCode::kInterrupted);
  ASSERT_THAT(TrainJobs(), SizeIs(1));
  world_.finishes = [](const RunSpec&) { return true; };
  world_.end = [](const Job&) { return AttemptEnd{}; };
  interrupts_ = 0;
  EXPECT_EQ(Run(), ExitCode::kComplete);
  // Though one of its runs has its result: only so do its checkpoints serve it.
  EXPECT_EQ(TrainJobs().at(1).id, TrainJobs().at(0).id);
}

TEST_F(StudyLoopTest, ABudgetOfRunsThatIsSpentLeavesTheStudyUnfinished) {
  sweep_.budget.runs = 3;
  EXPECT_EQ(Run(), ExitCode::kIncomplete);
  EXPECT_THAT(store_.AcceptedResults(), SizeIs(3));
  EXPECT_THAT(watcher_.lines.back(),
              StartsWith("complaint: the study is unfinished, and its budget is spent"));
}

TEST_F(StudyLoopTest, ABudgetOfTimeThatIsSpentSaysWhatIsLeft) {
  sweep_.budget.seconds = 10;
  store_.SaveSweep("small", "name: small", "");
  store_.AddWallSeconds("small", 11);
  world_.endless = true;
  EXPECT_EQ(Run(), ExitCode::kIncomplete);
  EXPECT_THAT(watcher_.lines, Contains(StartsWith("wall spent")));
}

TEST_F(StudyLoopTest, AStudyOfWhichNothingSurvivedHasFailed) {
  sweep_.hold_out.tokens = 0;
  world_.result = [](const RunSpec& run) {
    RunResult dead = WorldResult(run);
    dead.final.dead_fraction = 1;
    return dead;
  };
  EXPECT_EQ(Run(), ExitCode::kFailure);
  EXPECT_THAT(watcher_.lines.back(), AllOf(StartsWith("complaint: "), HasSubstr("dead")));
}

TEST_F(StudyLoopTest, AnotherTextForgetsWhatItNeverGot) {
  sweep_.budget.runs = 2;
  world_.finishes = [](const RunSpec&) { return false; };
  world_.end = [](const Job& job) { return AttemptEnd{job.kind == JobKind::kTrain ? 78 : 0, "x"}; };
  EXPECT_EQ(Run("name: small"), ExitCode::kConfiguration);
  EXPECT_THAT(store_.FindRuns("small"), SizeIs(2));
  sweep_.loss_law.lr = 0.004;
  EXPECT_EQ(Run("name: small  # edited"), ExitCode::kConfiguration);
  EXPECT_THAT(store_.FindRuns("small"), SizeIs(2));
}

TEST_F(StudyLoopTest, SaysThatTheDatabaseWasMovedAway) {
  EXPECT_EQ(Run(), ExitCode::kComplete);
  std::filesystem::rename(database_, folder_.path() / "moved.db");
  try {
    Run();
    ADD_FAILURE() << "results would be lost";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kIo);
  }
}

}  // namespace
}  // namespace saelaw
