#include "orchestrate/knowledge/earlier_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

class EarlierRunsTest : public WorkplaceTest {
 protected:
  EarlierRunsTest() {
    sweep_.source.kind = SourceKind::kModel;
    sweep_.source.identity = "before";
    sweep_.source.parts = {"w1", "c1", "k1", "t1", ""};
    store_.SaveSweep("small", "", "");
  }
  RunId Finish(std::uint64_t seed) {
    const RunSpec run = MakeRun(sweep_, 524288, 128, 0.002, seed);
    store_.AddRuns("small", {{run, "loss-law", ""}});
    Job job;
    job.runs = {run};
    job.id = ComputeId(job);
    store_.AddJob(job);
    store_.AcceptResult(store_.BeginAttempt(job.id), WorldResult(run), "");
    return ComputeId(run);
  }

  Sweep sweep_ = SmallSweep();
};

TEST_F(EarlierRunsTest, AreNoneWhereTheDataIsWhatItWas) {
  EXPECT_FALSE(HasFinishedRuns(store_, sweep_));
  Finish(0);
  EXPECT_TRUE(HasFinishedRuns(store_, sweep_));
  EXPECT_EQ(EarlierRuns(store_, sweep_), "");
}

TEST_F(EarlierRunsTest, NameTheRunsAndWhatChanged) {
  const RunId run = Finish(0);
  sweep_.source.identity = "now";
  sweep_.source.parts.text = "t2";
  EXPECT_THAT(EarlierRuns(store_, sweep_), HasSubstr("1 finished run of this sweep is there"));
  EXPECT_THAT(EarlierRuns(store_, sweep_), HasSubstr("(" + run + "): the text changed since"));
}

TEST_F(EarlierRunsTest, NameFourOfManyAndTheSettingsWhereTheseChanged) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) Finish(seed);
  sweep_.source.model.layer = 3;
  EXPECT_THAT(EarlierRuns(store_, sweep_), HasSubstr(" and 2 more): the sweep's activations"));
}

TEST_F(EarlierRunsTest, SayWhereNobodyHasLookedAtTheContent) {
  Finish(0);
  sweep_.source.identity = "";
  sweep_.source.parts = {};
  EXPECT_THAT(EarlierRuns(store_, sweep_), HasSubstr("the text's files (their content was not"));
}

}  // namespace
}  // namespace saelaw
