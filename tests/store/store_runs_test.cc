#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "store/examples.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreRuns : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "results.db";
  Store store_ = Store::OpenForWriting(path_, FixedClock());
};

TEST(UtcText, IsIso8601WithMilliseconds) {
  EXPECT_EQ(UtcText(FixedClock()()), "2026-03-01T21:04:05.678Z");
  EXPECT_EQ(UtcText(std::chrono::system_clock::time_point(std::chrono::milliseconds(-1))),
            "1969-12-31T23:59:59.999Z");
}

TEST_F(StoreRuns, RunsComeBackAsTheyWereAskedInOrder) {
  AddDemo(store_, {3, 1, 2});
  const auto runs = store_.FindRuns("demo");
  ASSERT_THAT(runs, SizeIs(3));
  EXPECT_EQ(runs[0].id, ExampleId(3));
  EXPECT_EQ(CanonicalJson(runs[0].asked.spec), CanonicalJson(ExampleRun(3)));
  EXPECT_EQ(runs[1].id, ExampleId(1));
  EXPECT_EQ(runs[2].asked.stage, "loss-law");
  EXPECT_EQ(runs[2].asked.reason, "grid around 0.004");
  EXPECT_EQ(runs[2].state, RunState::kWaiting);
}

TEST_F(StoreRuns, SeedsAboveTheSignedRangeSurvive) {
  constexpr std::uint64_t kSeed = 0xfedcba9876543210;
  AddDemo(store_, {kSeed});
  EXPECT_EQ(store_.FindRuns("demo").at(0).asked.spec.seed, kSeed);
}

TEST_F(StoreRuns, ARunOfTwoSweepsHasOneResultForBoth) {
  AddDemo(store_, {1});
  store_.SaveSweep("other", "yaml", "hash");
  store_.AddRuns("other", {{ExampleRun(1), "hold-out", "check"}});
  store_.AcceptResult(Begin(store_, ExampleJob({1})), ExampleResult(1), "");
  EXPECT_EQ(store_.FindRuns("demo").at(0).state, RunState::kDone);
  EXPECT_EQ(store_.FindRuns("other").at(0).state, RunState::kDone);
  EXPECT_EQ(store_.FindRuns("other").at(0).asked.stage, "hold-out");
  EXPECT_THAT(store_.AcceptedResults(), SizeIs(1));
}

TEST_F(StoreRuns, AnEditedSweepForgetsWhatItNeverGot) {
  AddDemo(store_, {1, 2});
  store_.AcceptResult(Begin(store_, ExampleJob({1})), ExampleResult(1), "");
  store_.SaveSweep("demo", "same meaning", "hash-1");
  EXPECT_THAT(store_.FindRuns("demo"), SizeIs(2));
  store_.SaveSweep("demo", "edited", "hash-2");
  ASSERT_THAT(store_.FindRuns("demo"), SizeIs(1));
  EXPECT_EQ(store_.FindRuns("demo").at(0).id, ExampleId(1));
}

TEST_F(StoreRuns, ASweepThatWasNeverSavedIsAnError) {
  EXPECT_THROW(store_.AddRuns("nobody", {Asked(1)}), Error);
  EXPECT_THAT(store_.FindRuns("nobody"), IsEmpty());
}

TEST_F(StoreRuns, TheLatestMeasurementOfASourceCounts) {
  Measurement measurement;
  measurement.source_key = "key";
  measurement.d_in = 64;
  measurement.activation_scale = 0.5;
  store_.SaveMeasurement(measurement);
  measurement.activation_scale = 0.25;
  store_.SaveMeasurement(measurement);
  EXPECT_EQ(store_.FindMeasurement("key")->activation_scale, 0.25);
  EXPECT_EQ(store_.FindMeasurement("key")->d_in, 64);
  EXPECT_FALSE(store_.FindMeasurement("another"));
}

TEST_F(StoreRuns, APredictionStandsOnceTheRunHasBegun) {
  AddDemo(store_, {1});
  EXPECT_TRUE(store_.SavePrediction("demo", {ExampleId(1), 0.3, 0.2, 0.4, "{}", ""}));
  EXPECT_TRUE(store_.SavePrediction("demo", {ExampleId(1), 0.25, 0.2, 0.3, "{}", ""}));
  Begin(store_, ExampleJob({1}));
  EXPECT_FALSE(store_.SavePrediction("demo", {ExampleId(1), 9, 8, 10, "{}", ""}));
  const auto predictions = store_.FindPredictions("demo");
  ASSERT_THAT(predictions, SizeIs(1));
  EXPECT_EQ(predictions[0].predicted, 0.25);
  EXPECT_EQ(predictions[0].hi, 0.3);
  EXPECT_EQ(predictions[0].made_at, "2026-03-01T21:04:05.678Z");
}

TEST_F(StoreRuns, RequestsOfOtherProcessesAreTakenOnceInOrder) {
  {
    Store other = Store::OpenForRequests(path_, FixedClock());
    other.AddRequest(RequestKind::kRetry, "run-1");
    other.AddRequest(RequestKind::kStop, "");
  }
  const auto requests = store_.TakeRequests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].kind, RequestKind::kRetry);
  EXPECT_EQ(requests[0].argument, "run-1");
  EXPECT_EQ(requests[1].kind, RequestKind::kStop);
  EXPECT_THAT(store_.TakeRequests(), IsEmpty());
}

}  // namespace
}  // namespace saelaw
