#include "orchestrate/sweep_status.h"

#include <cmath>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

class SweepStatusTest : public WorkplaceTest {
 protected:
  Job Add(const std::string& sweep, std::uint64_t seed) {
    const RunSpec run = MakeRun(SmallSweep(), 524288, 128, 0.002, seed);
    store_.AddRuns(sweep, {{run, "loss-law", ""}});
    Job job;
    job.runs = {run};
    job.id = ComputeId(job);
    store_.AddJob(job);
    return job;
  }
  std::string Refusal(const std::string& name) const {
    try {
      SweepStatus(store_, database_.string(), name);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kConfiguration);
      return error.what();
    }
    return "";
  }
};

TEST_F(SweepStatusTest, OfTheSweepSavedLastUnlessOneIsNamed) {
  EXPECT_THAT(Refusal(""), HasSubstr("holds no sweep yet"));
  store_.SaveSweep("first", "", "");
  Add("first", 1);
  EXPECT_EQ(SweepStatus(store_, database_.string(), "").sweep, "first");
  EXPECT_THAT(Refusal("other"), HasSubstr("holds no sweep 'other'; it holds: first"));
}

TEST_F(SweepStatusTest, ShowsTheArmsOfAStudyThatCompares) {
  store_.SaveSweep("small/plain", "", "");
  store_.SaveSweep("small/held", "", "");
  store_.SaveSweep("smaller", "", "");
  store_.SaveSweep("small", "", "");
  Add("small/plain", 1);
  Add("small/held", 2);
  Add("smaller", 3);
  const Status status = SweepStatus(store_, database_.string(), "small");
  ASSERT_EQ(status.runs.size(), 2U);
  EXPECT_EQ(std::set<std::string>({status.runs[0].arm, status.runs[1].arm}),
            std::set<std::string>({"plain", "held"}));
  EXPECT_EQ(SweepStatus(store_, database_.string(), "small/held").runs.at(0).arm, "");
}

TEST_F(SweepStatusTest, SaysHowFarEachRunIs) {
  store_.SaveSweep("small", "", "");
  const Job done = Add("small", 1), running = Add("small", 2), waiting = Add("small", 3);
  store_.AcceptResult(store_.BeginAttempt(done.id), WorldResult(done.runs[0]), "");
  Progress progress;
  progress.phase = "training";
  progress.eta_seconds = 30;
  progress.members = {{ComputeId(running.runs[0]), 131072, 524288, 0.5, 20}};
  store_.SaveProgress(store_.BeginAttempt(running.id), progress);
  const Status status = SweepStatus(store_, database_.string(), "small");
  ASSERT_EQ(status.runs.size(), 3U);
  EXPECT_EQ(status.runs[0].state, "done");
  EXPECT_EQ(status.runs[0].progress, 1);
  EXPECT_EQ(status.runs[0].result->outcome, Outcome::kCompleted);
  EXPECT_EQ(status.runs[1].state, "running");
  EXPECT_EQ(status.runs[1].progress, 0.25);
  EXPECT_EQ(status.eta_seconds, 30);
  EXPECT_EQ(status.runs[2].state, "waiting");
}

// Whatever it left marked as running waits for the next call.
TEST_F(SweepStatusTest, NothingRunsWhereNoPlannerDoes) {
  store_.SaveSweep("small", "", "");
  const Job running = Add("small", 1);
  Progress progress;
  progress.eta_seconds = 30;
  progress.members = {{ComputeId(running.runs[0]), 131072, 524288, 0.5, 20}};
  store_.SaveProgress(store_.BeginAttempt(running.id), progress);
  const std::string nobodys = (folder_.path() / "nobodys.db").string();
  const Status status = SweepStatus(store_, nobodys, "small");
  EXPECT_EQ(status.runs[0].state, "waiting");
  EXPECT_EQ(status.runs[0].progress, 0.25);
  EXPECT_TRUE(std::isnan(status.eta_seconds));
}

}  // namespace
}  // namespace saelaw
