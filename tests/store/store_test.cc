// Who may open what, and what a time looks like.
#include "store/store.h"

#include <functional>

#include <gmock/gmock.h>

#include "store/examples.h"
#include "store/store_testing.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(StoreTest, ReadersNeverCreate) {
  for (const auto& open : {std::function([&] { Store::OpenForReading(path_); }),
                           std::function([&] { Store::OpenForRequests(path_); })}) {
    const auto [code, line] = ErrorOf(open);
    EXPECT_EQ(code, ExitCode::kConfiguration);
    EXPECT_THAT(line, HasSubstr("there is no database " + path_.string()));
  }
  EXPECT_TRUE(fs::is_empty(folder_.path()));
  folder_.Write("results.db", "");
  EXPECT_THAT(ErrorOf([&] { Store::OpenForReading(path_); }).second, HasSubstr("is empty"));
}

TEST_F(StoreTest, AReaderSeesWhatIsWrittenBesideIt) {
  Store writer = Store::OpenForWriting(path_);
  const Store reader = Store::OpenForReading(path_);
  AddDemo(writer, {1});
  EXPECT_THAT(reader.FindRuns("demo"), SizeIs(1));
  writer.AcceptResult(Begin(writer, ExampleJob({1})), ExampleResult(1), "");
  EXPECT_EQ(reader.FindRuns("demo").at(0).state, RunState::kDone);
}

TEST_F(StoreTest, AReaderCannotWrite) {
  Store::OpenForWriting(path_);
  Store reader = Store::OpenForReading(path_);
  const auto [code, line] = ErrorOf([&] { AddDemo(reader, {1}); });
  EXPECT_EQ(code, ExitCode::kIo);
  EXPECT_THAT(line, HasSubstr("may not be written"));
}

TEST_F(StoreTest, WhatNamesNoFileIsRefused) {
  for (const char* name : {"", ":memory:"}) {
    EXPECT_EQ(ErrorOf([&] { Store::OpenForWriting(name); }).first, ExitCode::kUsage) << name;
    EXPECT_EQ(ErrorOf([&] { Store::OpenForReading(name); }).first, ExitCode::kUsage) << name;
  }
}

TEST_F(StoreTest, AnOlderFileIsLeftToAWriter) {
  { const Store store = Store::OpenForWriting(path_); }
  Rows(path_, "PRAGMA user_version = 1");
  for (const auto& open : {std::function([&] { Store::OpenForReading(path_); }),
                           std::function([&] { Store::OpenForRequests(path_); })}) {
    const auto [code, line] = ErrorOf(open);
    EXPECT_EQ(code, ExitCode::kConfiguration);
    EXPECT_THAT(line, AllOf(HasSubstr("older saelaw (schema 1"), HasSubstr("`saelaw run`")));
  }
}

// Opening for requests takes no lock, which the planner holds.
TEST_F(StoreTest, RequestsReachAPlannerThatHoldsTheDatabase) {
  Store planner = Store::OpenForWriting(path_);
  Store::OpenForRequests(path_).AddRequest(RequestKind::kStop, "");
  EXPECT_THROW(Store::OpenForWriting(path_), Error);
  EXPECT_TRUE(Store::FindPlanner(path_).has_value());
  EXPECT_THAT(planner.TakeRequests(), SizeIs(1));
}

// Stored: rounded down, so that no time reads later than it was. 1772399045 is 2026-03-01T21:04:05Z
// (date -u -d @1772399045).
TEST(UtcTextTest, RoundsDownToMilliseconds) {
  using std::chrono::microseconds;
  const auto text = [](std::int64_t micros) {
    return UtcText(std::chrono::system_clock::time_point(microseconds(micros)));
  };
  EXPECT_EQ(text(1772399045'678'999), "2026-03-01T21:04:05.678Z");
  EXPECT_EQ(text(1772399045'000'999), "2026-03-01T21:04:05.000Z");
  EXPECT_EQ(text(-1), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace saelaw
