#include "orchestrate/knowledge/stored_knowledge.h"

#include <gtest/gtest.h>

#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

class StoredKnowledgeTest : public WorkplaceTest {
 protected:
  // The run's result, as its one attempt has left it.
  void Finish(const RunSpec& run, const RunResult& result) {
    store_.AddRuns("small", {{run, "loss-law", ""}});
    Job job;
    job.runs = {run};
    job.id = ComputeId(job);
    store_.AddJob(job);
    store_.AcceptResult(store_.BeginAttempt(job.id), result, "");
  }

  Sweep sweep_ = SmallSweep();
};

TEST_F(StoredKnowledgeTest, JudgesEveryResultAnew) {
  store_.SaveSweep("small", "", "");
  const RunSpec good = MakeRun(sweep_, 524288, 128, 0.002, 0);
  const RunSpec bad = MakeRun(sweep_, 524288, 128, 0.2, 0);
  RunResult dead = WorldResult(bad);
  dead.final.dead_fraction = 0.9;
  Finish(good, WorldResult(good));
  Finish(bad, dead);
  const Knowledge known = KnowledgeIn(store_, sweep_);
  ASSERT_EQ(known.runs.size(), 2U);
  EXPECT_EQ(known.runs[0].outcome, Outcome::kCompleted);
  EXPECT_EQ(known.runs[1].outcome, Outcome::kCollapsed);
  EXPECT_NE(known.runs[1].reason, "");
  EXPECT_FALSE(known.measurement);
}

// Arms share the results; what was predicted and put in is of each by itself.
TEST_F(StoredKnowledgeTest, IsOfEachArmAsOfASweepByItself) {
  Arms arms(sweep_);
  arms.list.push_back(arms.list.front());
  arms.list[0].sweep.name = "small/plain";
  arms.list[1].sweep.name = "small/held";
  for (const char* name : {"small", "small/plain", "small/held"}) store_.SaveSweep(name, "", "");
  const RunSpec run = MakeRun(sweep_, 524288, 128, 0.002, 0);
  store_.AddRuns("small/plain", {{run, "hold-out", ""}});
  store_.AddRuns("small/held", {{run, "extra", std::string(kTrainReason) + "more.yaml"}});
  store_.SavePrediction("small/plain", {ComputeId(run), 0.5, 0.4, 0.6, "{}", ""});
  Finish(run, WorldResult(run));
  const std::vector<Knowledge> known = KnowledgeOfArms(store_, arms);
  ASSERT_EQ(known.size(), 2U);
  for (const Knowledge& arm : known) ASSERT_EQ(arm.runs.size(), 1U);
  EXPECT_FALSE(known[0].runs[0].put_in);
  EXPECT_TRUE(known[1].runs[0].put_in);
  EXPECT_EQ(known[0].predictions.size(), 1U);
  EXPECT_TRUE(known[1].predictions.empty());
}

TEST_F(StoredKnowledgeTest, TakesTheSweepsOwnPredictionsAndItsSourcesMeasurement) {
  store_.SaveSweep("small", "", "");
  store_.SaveSweep("other", "", "");
  const RunSpec run = MakeRun(sweep_, 524288, 128, 0.002, 0);
  for (const char* name : {"small", "other"}) store_.AddRuns(name, {{run, "hold-out", ""}});
  store_.SavePrediction("small", {ComputeId(run), 0.5, 0.4, 0.6, "{}", ""});
  store_.SavePrediction("other", {ComputeId(run), 0.7, 0.6, 0.8, "{}", ""});
  store_.SaveMeasurement(WorldMeasurement(sweep_.source));
  const Knowledge known = KnowledgeIn(store_, sweep_);
  ASSERT_EQ(known.predictions.size(), 1U);
  EXPECT_EQ(known.predictions[0].predicted, 0.5);
  EXPECT_EQ(known.predictions[0].interval.hi, 0.6);
  ASSERT_TRUE(known.measurement);
  EXPECT_EQ(known.measurement->mean_squared_norm, 4);
}

}  // namespace
}  // namespace saelaw
