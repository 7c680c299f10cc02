#include "orchestrate/train_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "orchestrate/fakes.h"
#include "orchestrate/knowledge/stored_knowledge.h"

namespace saelaw {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class TrainRunTest : public WorkplaceTest {
 protected:
  TrainRunTest() {
    configuration_.name = "big";
    configuration_.path = "big.yaml";
    configuration_.run = MakeRun(SmallSweep(), 524288, 128, 0.002, 0);
    configuration_.execution.threads = 1;
  }

  RunConfiguration configuration_;
};

TEST_F(TrainRunTest, MeasuresTrainsAndStandsInTheDatabaseBesideTheSweeps) {
  IdentifyRunData(&configuration_, cache_);
  EXPECT_EQ(configuration_.run.source.identity, "synthetic");
  EXPECT_EQ(TrainRun(work_, configuration_, {"text"}), ExitCode::kComplete);
  EXPECT_THAT(world_.started, SizeIs(2));
  ASSERT_THAT(store_.FindRuns("train big"), SizeIs(1));
  EXPECT_EQ(store_.FindRuns("train big")[0].asked.reason, "saelaw train big.yaml");
}

TEST_F(TrainRunTest, TrainsNothingTwice) {
  EXPECT_EQ(TrainRun(work_, configuration_, {"text"}), ExitCode::kComplete);
  EXPECT_EQ(TrainRun(work_, configuration_, {"text"}), ExitCode::kComplete);
  EXPECT_THAT(world_.started, SizeIs(2));
}

TEST_F(TrainRunTest, ClosesWhatAKilledTrainingLeftOpen) {
  store_.SaveSweep("train big", "", "");
  store_.AddRuns("train big", {{configuration_.run, "extra", ""}});
  Job job;
  job.runs = {configuration_.run};
  job.id = ComputeId(job);
  store_.AddJob(job);
  store_.BeginAttempt(job.id);
  EXPECT_EQ(TrainRun(work_, configuration_, {"text"}), ExitCode::kComplete);
  EXPECT_THAT(store_.OpenAttempts(), IsEmpty());
}

// Trained at one of a sweep's own sizes, it would be a run of that sweep, were it asked for.
TEST_F(TrainRunTest, BelongsToNoStudyUnlessAsked) {
  store_.SaveSweep("small", "", "");
  EXPECT_EQ(TrainRun(work_, configuration_, {"text"}), ExitCode::kComplete);
  EXPECT_TRUE(KnowledgeIn(store_, SmallSweep()).runs.empty());
  EXPECT_EQ(TrainRun(work_, configuration_, {"text", "small"}), ExitCode::kComplete);
  const Knowledge known = KnowledgeIn(store_, SmallSweep());
  ASSERT_THAT(known.runs, SizeIs(1));
  EXPECT_TRUE(known.runs[0].put_in);
  EXPECT_THROW(TrainRun(work_, configuration_, {"text", "no such sweep"}), Error);
}

// What was forecast before the run began stays, whatever is forecast later.
TEST_F(TrainRunTest, StoresTheForecastBeforeTheRunBegins) {
  FrozenForecast forecast{ComputeId(configuration_.run), "", "", 0.5, {0.4, 0.6}, "{}"};
  TrainRun(work_, configuration_, {"text", "", forecast});
  forecast.loss = 0.7;
  TrainRun(work_, configuration_, {"text", "", forecast});
  ASSERT_THAT(store_.FindPredictions("train big"), SizeIs(1));
  EXPECT_EQ(store_.FindPredictions("train big")[0].predicted, 0.5);
}

TEST_F(TrainRunTest, DeliversACopyOfTheWeights) {
  const RunId id = ComputeId(configuration_.run);
  EXPECT_THROW(DeliverWeights(store_, id, folder_.path() / "sae"), Error);
  store_.SaveSweep("small", "", "");
  store_.AddRuns("small", {{configuration_.run, "extra", ""}});
  Job job;
  job.runs = {configuration_.run};
  job.id = ComputeId(job);
  store_.AddJob(job);
  const std::filesystem::path weights = folder_.Write("weights", "numbers");
  store_.AcceptResult(
      store_.BeginAttempt(job.id), WorldResult(configuration_.run), weights.string());
  EXPECT_EQ(DeliverWeights(store_, id, folder_.path() / "sae").result.id, id);
  EXPECT_EQ(ReadFile(folder_.path() / "sae"), "numbers");
}

}  // namespace
}  // namespace saelaw
