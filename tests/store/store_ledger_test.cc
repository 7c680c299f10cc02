#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "store/examples.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreLedger : public ::testing::Test {
 protected:
  StoreLedger() { AddDemo(store_, {1, 2, 3}); }

  RunRecord Run(std::size_t index) const { return store_.FindRuns("demo").at(index); }

  TemporaryFolder folder_;
  Store store_ = Store::OpenForWriting(folder_.path() / "results.db", FixedClock());
};

TEST_F(StoreLedger, AResultComesBackWhole) {
  const std::string attempt_id = Begin(store_, ExampleJob({1}));
  EXPECT_EQ(store_.AcceptResult(attempt_id, ExampleResult(1), "jobs/x/sae.safetensors"),
            Acceptance::kAccepted);
  const auto stored = store_.FindResult(ExampleId(1));
  ASSERT_TRUE(stored);
  EXPECT_EQ(ToJson(stored->result), ToJson(ExampleResult(1)));
  EXPECT_EQ(ComputeId(stored->spec), ExampleId(1));
  EXPECT_EQ(stored->weights, "jobs/x/sae.safetensors");
  EXPECT_EQ(stored->attempt_id, attempt_id);
  EXPECT_EQ(stored->accepted_at, "2026-03-01T21:04:05.678Z");
  EXPECT_FALSE(store_.FindResult(ExampleId(2)));
}

TEST_F(StoreLedger, HowAttemptsEndedIsRemembered) {
  const Job job = ExampleJob({1, 2});
  const std::string first = Begin(store_, job);
  store_.EndAttempt(first, 71, "out of memory");
  EXPECT_FALSE(store_.HasEndedWell(job.id));
  ASSERT_THAT(store_.JobsOutOfMemory(), SizeIs(1));
  EXPECT_EQ(store_.JobsOutOfMemory()[0].id, job.id);
  store_.EndAttempt(store_.BeginAttempt(job.id), 0, "");
  EXPECT_TRUE(store_.HasEndedWell(job.id));
  EXPECT_THAT(store_.JobsOutOfMemory(), SizeIs(1));
}

TEST_F(StoreLedger, JobsThatFailedAreToldFromThoseThatWereLeft) {
  const Job failed = ExampleJob({1, 2}), left = ExampleJob({3});
  Begin(store_, failed);
  Begin(store_, left);
  store_.FailJob(failed.id, "no space");
  ASSERT_THAT(store_.UnfinishedJobs("demo"), SizeIs(1));
  EXPECT_EQ(store_.UnfinishedJobs("demo")[0].id, left.id);
  ASSERT_THAT(store_.FailedJobs("demo"), SizeIs(1));
  EXPECT_EQ(store_.FailedJobs("demo")[0].id, failed.id);
  store_.AddJobs({ExampleJob({1}), ExampleJob({2})});  // in other jobs now
  EXPECT_THAT(store_.FailedJobs("demo"), IsEmpty());
}

TEST_F(StoreLedger, JobsWithRunsAreThoseThatHaveAllOfThem) {
  const Job gang = ExampleJob({1, 2, 3}), pair = ExampleJob({1, 2});
  store_.AddJobs({gang, pair});
  using Ids = std::vector<std::string>;
  EXPECT_EQ(store_.JobsWith({ExampleId(2), ExampleId(1)}), (Ids{pair.id, gang.id}));
  EXPECT_EQ(store_.JobsWith({ExampleId(2), ExampleId(3)}), Ids{gang.id});
  EXPECT_EQ(store_.JobsWith({ExampleId(2), ExampleId(99)}), Ids{});
}

TEST_F(StoreLedger, AJobHasAllResultsWhenItsLastRunHasOne) {
  const Job gang = ExampleJob({1, 2});
  const std::string attempt_id = Begin(store_, gang);
  store_.AcceptResult(attempt_id, ExampleResult(1), "");
  EXPECT_FALSE(store_.HasAllResults(gang.id));
  store_.AcceptResult(attempt_id, ExampleResult(2), "");
  EXPECT_TRUE(store_.HasAllResults(gang.id));
  EXPECT_FALSE(store_.HasAllResults("another database's"));
}

// Killed at each of its attempts: the exit codes alone would not tell it from a planner's end.
TEST_F(StoreLedger, AJobThatWasSplitIsOneThatMemoryDidNotSufficeFor) {
  const Job job = ExampleJob({1, 2, 3});
  store_.EndAttempt(Begin(store_, job), -9, "killed");
  EXPECT_THAT(store_.JobsOutOfMemory(), IsEmpty());
  store_.SplitJob(job.id, {ExampleJob({1, 2}), ExampleJob({3})});
  ASSERT_THAT(store_.JobsOutOfMemory(), SizeIs(1));
  EXPECT_EQ(store_.JobsOutOfMemory()[0].id, job.id);
  ASSERT_THAT(store_.UnfinishedJobs("demo"), SizeIs(2));
  EXPECT_EQ(Run(0).state, RunState::kWaiting);
  EXPECT_EQ(Run(0).message, "");
}

TEST_F(StoreLedger, ASplitIsMadeWhollyOrNotAtAll) {
  const Job job = ExampleJob({1, 2});
  Begin(store_, job);
  EXPECT_THROW(store_.SplitJob(job.id, {ExampleJob({1}), ExampleJob({99})}), Error);
  EXPECT_THAT(store_.JobsOutOfMemory(), IsEmpty());
  EXPECT_THAT(store_.UnfinishedJobs("demo"), SizeIs(1));
}

TEST_F(StoreLedger, JobsAreAddedTogetherOrNotAtAll) {
  const Job known = ExampleJob({1}), unknown = ExampleJob({99});
  EXPECT_THROW(store_.AddJobs({known, unknown}), Error);
  EXPECT_THAT(store_.UnfinishedJobs("demo"), IsEmpty());
}

TEST_F(StoreLedger, ARepeatedResultIsRecordedAndNotCounted) {
  const std::string attempt_id = Begin(store_, ExampleJob({1}));
  store_.AcceptResult(attempt_id, ExampleResult(1, 0.25), "");
  EXPECT_EQ(store_.AcceptResult(attempt_id, ExampleResult(1, 0.5), ""), Acceptance::kDuplicate);
  EXPECT_EQ(store_.FindResult(ExampleId(1))->result.final.loss, 0.25);
  EXPECT_EQ(store_.LateResults(), 1);
}

TEST_F(StoreLedger, AResultOfASupersededAttemptIsLate) {
  const Job job = ExampleJob({1});
  const std::string first = Begin(store_, job);
  const std::string second = store_.BeginAttempt(job.id);
  EXPECT_NE(first, second);
  EXPECT_EQ(store_.AcceptResult(first, ExampleResult(1), ""), Acceptance::kLate);
  EXPECT_FALSE(store_.FindResult(ExampleId(1)));
  EXPECT_EQ(store_.AcceptResult(second, ExampleResult(1), ""), Acceptance::kAccepted);
  EXPECT_EQ(store_.LateResults(), 1);
}

TEST_F(StoreLedger, AnAttemptOfAnotherJobWithThatRunSupersedesToo) {
  const std::string gang = Begin(store_, ExampleJob({1, 2}));
  Begin(store_, ExampleJob({1}));
  EXPECT_EQ(store_.AcceptResult(gang, ExampleResult(1), ""), Acceptance::kLate);
  EXPECT_EQ(store_.AcceptResult(gang, ExampleResult(2), ""), Acceptance::kAccepted);
}

TEST_F(StoreLedger, AnEndedAttemptsResultCountsUntilTheNextBegins) {
  const std::string attempt_id = Begin(store_, ExampleJob({1}));
  store_.EndAttempt(attempt_id, -9, "planner was killed");
  EXPECT_EQ(store_.AcceptResult(attempt_id, ExampleResult(1), ""), Acceptance::kAccepted);
}

TEST_F(StoreLedger, ResultsOfUnknownAttemptsAndOfOtherJobsAreNotCounted) {
  EXPECT_EQ(store_.AcceptResult("nobody's", ExampleResult(1), ""), Acceptance::kLate);
  const std::string attempt_id = Begin(store_, ExampleJob({2}));
  EXPECT_EQ(store_.AcceptResult(attempt_id, ExampleResult(1), ""), Acceptance::kLate);
  EXPECT_THAT(store_.AcceptedResults(), IsEmpty());
}

TEST_F(StoreLedger, AnAttemptNeedsAJobAndAJobItsRuns) {
  EXPECT_THROW(store_.BeginAttempt("no such job"), Error);
  EXPECT_THROW(store_.AddJob(ExampleJob({99})), Error);
  EXPECT_THAT(store_.OpenAttempts(), IsEmpty());
}

TEST_F(StoreLedger, StatesFollowTheLedger) {
  const Job job = ExampleJob({1, 2});
  EXPECT_EQ(Run(0).state, RunState::kWaiting);
  const std::string attempt_id = Begin(store_, job);
  EXPECT_EQ(Run(0).state, RunState::kRunning);
  EXPECT_EQ(Run(2).state, RunState::kWaiting);
  store_.AcceptResult(attempt_id, ExampleResult(1), "");
  store_.EndAttempt(attempt_id, 78, "no such layer");
  store_.FailJob(job.id, "no such layer");
  EXPECT_EQ(Run(0).state, RunState::kDone);
  EXPECT_EQ(Run(0).message, "");
  EXPECT_EQ(Run(1).state, RunState::kFailed);
  EXPECT_EQ(Run(1).message, "no such layer");
  EXPECT_EQ(Run(1).attempts, 1);
  store_.EndAttempt(store_.BeginAttempt(job.id), 75, "");
  EXPECT_EQ(Run(1).state, RunState::kWaiting);
  EXPECT_EQ(Run(1).attempts, 2);
}

TEST_F(StoreLedger, OpenAttemptsAreThoseThatNobodyEnded) {
  const Job job = ExampleJob({1, 2});
  const std::string first = Begin(store_, job);
  const std::string second = store_.BeginAttempt(job.id);
  store_.EndAttempt(Begin(store_, ExampleJob({3})), 0, "");
  Progress progress;
  progress.phase = "training";
  store_.SaveProgress(second, progress);
  const auto open = store_.OpenAttempts();
  ASSERT_THAT(open, SizeIs(1));
  EXPECT_EQ(open[0].attempt_id, second);
  EXPECT_EQ(open[0].job.id, job.id);
  EXPECT_THAT(open[0].job.runs, SizeIs(2));
  EXPECT_EQ(open[0].progress->phase, "training");
}

TEST_F(StoreLedger, UnfinishedJobsKeepTheirGang) {
  const Job gang = ExampleJob({1, 2});
  const std::string attempt_id = Begin(store_, gang);
  store_.AcceptResult(attempt_id, ExampleResult(1), "");
  auto unfinished = store_.UnfinishedJobs("demo");
  ASSERT_THAT(unfinished, SizeIs(1));
  EXPECT_EQ(unfinished[0].id, gang.id);
  EXPECT_THAT(unfinished[0].runs, SizeIs(2));
  EXPECT_THAT(store_.UnfinishedJobs("another"), IsEmpty());
  store_.AcceptResult(attempt_id, ExampleResult(2), "");
  EXPECT_THAT(store_.UnfinishedJobs("demo"), IsEmpty());
}

TEST_F(StoreLedger, PartsTakeASplitJobsPlace) {
  const Job whole = ExampleJob({1, 2});
  store_.EndAttempt(Begin(store_, whole), 71, "out of memory");
  const Job left = ExampleJob({1}), right = ExampleJob({2});
  store_.AddJob(left);
  store_.AddJob(right);
  const auto unfinished = store_.UnfinishedJobs("demo");
  ASSERT_THAT(unfinished, SizeIs(2));
  EXPECT_EQ(unfinished[0].id, left.id);
  EXPECT_EQ(unfinished[1].id, right.id);
  store_.FailJob(right.id, "out of memory");
  EXPECT_THAT(store_.UnfinishedJobs("demo"), SizeIs(1));
}

}  // namespace
}  // namespace saelaw
