#include "orchestrate/loop/next_jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "jobs/checkpoints.h"
#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class NextJobsTest : public WorkplaceTest {
 protected:
  NextJobsTest() {
    store_.SaveSweep("small", "", "");
    store_.SaveMeasurement(WorldMeasurement(sweep_.source));
  }

  Sweep sweep_ = SmallSweep();
};

TEST_F(NextJobsTest, AreInTheStoreBeforeAnyOfThemStarts) {
  const NextJobs next = PrepareNextJobs(work_, sweep_);
  EXPECT_FALSE(next.complete);
  ASSERT_THAT(next.jobs, SizeIs(1));
  EXPECT_THAT(store_.FindRuns("small"), SizeIs(4));
  ASSERT_THAT(store_.UnfinishedJobs("small"), SizeIs(1));
  EXPECT_EQ(store_.UnfinishedJobs("small")[0].id, next.jobs[0].id);
  EXPECT_THAT(watcher_.lines, Contains("round of 4 in 1"));
}

TEST_F(NextJobsTest, AreThoseThatWereBegunAsTheyWereWrittenDown) {
  const NextJobs first = PrepareNextJobs(work_, sweep_);
  sweep_.execution.threads = 7;  // of new jobs
  const NextJobs again = PrepareNextJobs(work_, sweep_);
  ASSERT_THAT(again.jobs, SizeIs(1));
  EXPECT_EQ(ToJson(again.jobs[0]), ToJson(first.jobs[0]));
}

TEST_F(NextJobsTest, GoOnWithAFailedJobOnlyWhereItLeftACheckpoint) {
  const Job failed = PrepareNextJobs(work_, sweep_).jobs.at(0);
  store_.FailJob(failed.id, "no space");
  sweep_.execution.threads = 7;
  EXPECT_EQ(PrepareNextJobs(work_, sweep_).jobs.at(0).threads, 7);  // formed anew
  store_.FailJob(failed.id, "no space");
  const std::filesystem::path attempt = work_.jobs_folder / failed.id / "attempts" / "1_aa-n";
  std::filesystem::create_directories(attempt);
  WriteFile(attempt / CheckpointFile(64), "x");
  sweep_.execution.threads = 9;
  EXPECT_EQ(PrepareNextJobs(work_, sweep_).jobs.at(0).threads, 7);
}

TEST_F(NextJobsTest, BeginWhereGangsOfOtherSweepsWithTheseRunsAre) {
  const Job whole = PrepareNextJobs(work_, sweep_).jobs.at(0);
  Sweep part = sweep_;
  part.name = "part";
  part.loss_law.tokens = {524288, 1048576};
  store_.SaveSweep("part", "", "");
  const NextJobs next = PrepareNextJobs(work_, part);
  ASSERT_THAT(next.jobs, SizeIs(1));
  EXPECT_THAT(next.jobs[0].continues, ElementsAre(whole.id));
}

TEST_F(NextJobsTest, AreLeftOutByABudget) {
  sweep_.budget.runs = 0;
  const NextJobs next = PrepareNextJobs(work_, sweep_);
  EXPECT_FALSE(next.complete);
  EXPECT_THAT(next.jobs, IsEmpty());
  EXPECT_THAT(watcher_.lines, Contains(HasSubstr("budget")));
}

TEST_F(NextJobsTest, OfARunThatMayNotFitOneWarningIsGiven) {
  sweep_.execution.workers = 1 << 20;  // each with little memory
  PrepareNextJobs(work_, sweep_);
  EXPECT_EQ(std::count_if(watcher_.lines.begin(),
                          watcher_.lines.end(),
                          [](const std::string& line) {
                            return line.find("may not fit") != std::string::npos;
                          }),
            1);
}

TEST_F(NextJobsTest, TheRoundThatIsLeftHasItsPrice) {
  const RoundLeft left = PriceRoundLeft(store_, sweep_);
  EXPECT_THAT(left.runs, SizeIs(4));
  EXPECT_GT(left.seconds, 0);
}

}  // namespace
}  // namespace saelaw
