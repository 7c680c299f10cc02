// What is made of a file by its version, and what people see in it.
#include "store/schema.h"

#include <functional>

#include <gmock/gmock.h>

#include "core/files.h"
#include "core/metrics.h"
#include "store/examples.h"
#include "store/store_testing.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using SchemaTest = StoreTest;

TEST_F(SchemaTest, AnotherProgramsDatabaseIsRefusedAndLeftAlone) {
  Rows(path_, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
  const std::string before = ReadFile(path_);
  for (const auto& open : {std::function([&] { Store::OpenForReading(path_); }),
                           std::function([&] { Store::OpenForWriting(path_); })}) {
    const auto [code, line] = ErrorOf(open);
    EXPECT_EQ(code, ExitCode::kConfiguration);
    EXPECT_THAT(line, HasSubstr("another program's database"));
  }
  EXPECT_EQ(ReadFile(path_), before);
}

TEST_F(SchemaTest, ANewerVersionIsRefused) {
  Store::OpenForWriting(path_);
  Rows(path_, "PRAGMA user_version = 1000");
  for (const auto& open : {std::function([&] { Store::OpenForReading(path_); }),
                           std::function([&] { Store::OpenForWriting(path_); })}) {
    const auto [code, line] = ErrorOf(open);
    EXPECT_EQ(code, ExitCode::kConfiguration);
    EXPECT_THAT(line, AllOf(HasSubstr("newer saelaw"), HasSubstr("1000")));
  }
}

// The database of schema version 1, made by SavedDatabase.DISABLED_Write.
const fs::path kSaved = fs::path(SAELAW_SOURCE_DIR) / "tests/store/data/schema_v1.db";

TEST_F(SchemaTest, VersionOneIsRead) {
  fs::copy_file(kSaved, path_);
  const Store store = Store::OpenForWriting(path_);
  const auto runs = store.FindRuns("demo");
  ASSERT_THAT(runs, SizeIs(3));
  EXPECT_EQ(runs[0].state, RunState::kDone);
  EXPECT_EQ(runs[1].state, RunState::kFailed);
  EXPECT_EQ(runs[1].message, "no such layer");
  EXPECT_EQ(runs[2].state, RunState::kWaiting);
  // Runs keep the name that numeric version 1 gave them: those of today are others.
  RunResult expected = ExampleResult(1);
  expected.id = "4e41ce3e4a41c1a3";
  const auto stored = store.FindResult(expected.id);
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(ToJson(stored->result), ToJson(expected));
  EXPECT_FALSE(store.FindResult(ExampleId(1)).has_value());
  EXPECT_EQ(store.FindPredictions("demo").at(0).predicted, 0.25);
  EXPECT_EQ(store.FindMeasurement("key")->d_in, 64);
  EXPECT_EQ(store.LateResults(), 1);
}

TEST_F(SchemaTest, VersionOneGetsTheTimeOnTheClock) {
  fs::copy_file(kSaved, path_);
  {
    Store store = Store::OpenForWriting(path_);
    EXPECT_EQ(store.SumWallSeconds("demo"), 0);
    store.AddWallSeconds("demo", 1.5);
    store.AddWallSeconds("demo", 2);
  }
  EXPECT_EQ(Store::OpenForReading(path_).SumWallSeconds("demo"), 3.5);
}

TEST_F(SchemaTest, ViewsShowWhatResearchersExpect) {
  {
    Store store = Store::OpenForWriting(path_);
    AddDemo(store, {1, 2});
    RunResult result = ExampleResult(1);
    result.dense_fraction = 0.125;
    result.splice = {3.5, 0.25, 9.5, 0.75};
    result.firing_histogram = {7, 0, 5};
    const std::string attempt_id = Begin(store, ExampleJob({1, 2}));
    store.AcceptResult(attempt_id, result, "");
    store.AcceptResult(attempt_id, ExampleResult(2), "");  // no language model: NaN
  }
  const std::string columns = "dense_fraction, ce, ce_delta, ce_zero, loss_recovered";
  EXPECT_EQ(Rows(path_, "SELECT " + columns + " FROM runs_with_results"),
            "0.125 3.5 0.25 9.5 0.75; 0.0 NULL NULL NULL NULL; ");
  EXPECT_EQ(Rows(path_, "SELECT bin, log10_from, log10_to, latents FROM firing_histograms"),
            "0 NULL NULL 7; 1 -6.0 -5.5 0; 2 -5.5 -5.0 5; ");
}

TEST_F(SchemaTest, VersionOneGetsTheViews) {
  fs::copy_file(kSaved, path_);
  { Store store = Store::OpenForWriting(path_); }
  EXPECT_EQ(Rows(path_, "SELECT loss, ce FROM runs_with_results WHERE state = 'done'"),
            "0.25 NULL; ");
}

// A view follows the table of metrics (core/metrics.h) in files of the newest version too.
TEST_F(SchemaTest, AViewOfAnOlderTableOfMetricsIsMadeAgain) {
  { const Store store = Store::OpenForWriting(path_); }
  const std::string sql =
      "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = 'runs_with_results'";
  const std::string wanted = Rows(path_, sql);
  for (const Metric& metric : AllMetrics()) {
    EXPECT_THAT(wanted, HasSubstr(std::string(metric.meaning))) << metric.name;
  }
  Rows(path_, "DROP VIEW runs_with_results; CREATE VIEW runs_with_results AS SELECT 1 AS old");
  { const Store store = Store::OpenForWriting(path_); }
  EXPECT_EQ(Rows(path_, sql), wanted);
  EXPECT_EQ(Rows(path_, "PRAGMA user_version"), std::to_string(SchemaVersion()) + "; ");
}

// Run with --gtest_also_run_disabled_tests before a release that raises the version, then
// `sqlite3 schema_vN.db "PRAGMA journal_mode=DELETE; PRAGMA page_size=1024; VACUUM"`.
TEST(SavedDatabase, DISABLED_Write) {
  const fs::path path = fs::temp_directory_path() / "saelaw-schema.db";
  Store store = Store::OpenForWriting(path, FixedClock());
  AddDemo(store, {1, 2, 3});
  store.SavePrediction("demo", {ExampleId(3), 0.25, 0.2, 0.3, "{}", ""});
  const std::string attempt_id = Begin(store, ExampleJob({1, 2}));
  store.AcceptResult(attempt_id, ExampleResult(1), "jobs/x/sae.safetensors");
  store.AcceptResult(attempt_id, ExampleResult(1), "");
  store.EndAttempt(attempt_id, 78, "no such layer");
  store.FailJob(ExampleJob({1, 2}).id, "no such layer");
  Measurement measurement;
  measurement.source_key = "key";
  measurement.d_in = 64;
  store.SaveMeasurement(measurement);
  store.AddRequest(RequestKind::kStop, "");
}

}  // namespace
}  // namespace saelaw
