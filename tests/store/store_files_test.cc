// What the store makes of the files it finds, and of disks that fail.
#include <csignal>
#include <exception>
#include <functional>
#include <iostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/errors.h"
#include "core/files.h"
#include "store/examples.h"
#include "tensors/temporary_folder.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

void Sqlite(const fs::path& path, const std::string& sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  char* message = nullptr;
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
  sqlite3_free(message);
  sqlite3_close(database);
}

// The code and the one line of the Error that `action` throws.
template <typename Action>
std::pair<ExitCode, std::string> ErrorOf(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ExitCode::kComplete, "nothing was thrown"};
}

// Runs `body` in a child process and returns its exit code.
template <typename Body>
int InChild(Body body) {
  const int pid = ::fork();
  if (pid == 0) {
    try {
      ::_exit(body());
    } catch (const std::exception& error) {
      std::cerr << error.what() << std::endl;
      ::_exit(1);
    }
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

class StoreFiles : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  fs::path path_ = folder_.path() / "results.db";
};

TEST_F(StoreFiles, ReadersNeverCreate) {
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

TEST_F(StoreFiles, AReaderSeesWhatIsWrittenBesideIt) {
  Store writer = Store::OpenForWriting(path_);
  const Store reader = Store::OpenForReading(path_);
  AddDemo(writer, {1});
  EXPECT_THAT(reader.RunsOf("demo"), SizeIs(1));
  writer.AcceptResult(Begin(writer, ExampleJob({1})), ExampleResult(1), "");
  EXPECT_EQ(reader.RunsOf("demo").at(0).state, RunState::kDone);
}

TEST_F(StoreFiles, AReaderCannotWrite) {
  Store::OpenForWriting(path_);
  Store reader = Store::OpenForReading(path_);
  const auto [code, line] = ErrorOf([&] { AddDemo(reader, {1}); });
  EXPECT_EQ(code, ExitCode::kIo);
  EXPECT_THAT(line, HasSubstr("may not be written"));
}

// Another program's open write.
class Lock {
 public:
  explicit Lock(const fs::path& path) {
    sqlite3_open(path.c_str(), &database_);
    sqlite3_exec(database_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
  }
  ~Lock() { sqlite3_close(database_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  sqlite3* database_ = nullptr;
};

TEST_F(StoreFiles, ALockOfAnotherProgramIsWaitedFor) {
  std::optional<Lock> lock;
  int asked = 0;
  LockWatch watch;
  watch.on_wait = [&](std::chrono::milliseconds) -> std::optional<Error> {
    if (++asked == 3) lock.reset();
    return std::nullopt;
  };
  Store store = Store::OpenForWriting(path_, FixedClock(), watch);
  lock.emplace(path_);
  AddDemo(store, {1});
  EXPECT_EQ(asked, 3);
  EXPECT_THAT(store.RunsOf("demo"), SizeIs(1));
}

TEST_F(StoreFiles, ALockThatOutlastsThePatienceIsAnIoErrorAndNotWaitedForAgain) {
  int asked = 0;
  LockWatch watch;
  watch.patience = std::chrono::milliseconds(0);
  watch.on_wait = [&](std::chrono::milliseconds) -> std::optional<Error> {
    ++asked;
    return std::nullopt;
  };
  Store store = Store::OpenForWriting(path_, FixedClock(), watch);
  const Lock lock(path_);
  for (int i = 0; i < 2; ++i) {
    const auto [code, line] = ErrorOf([&] { AddDemo(store, {1}); });
    EXPECT_EQ(code, ExitCode::kIo);
    EXPECT_THAT(line, HasSubstr("another program keeps it locked for more than 0 s"));
  }
  EXPECT_EQ(asked, 1);
}

TEST_F(StoreFiles, WaitingForALockEndsWithTheWatchsOwnError) {
  LockWatch watch;
  watch.on_wait = [](std::chrono::milliseconds) -> std::optional<Error> {
    return Error(ExitCode::kInterrupted, "asked to end");
  };
  Store store = Store::OpenForWriting(path_, FixedClock(), watch);
  const Lock lock(path_);
  const auto [code, line] = ErrorOf([&] { AddDemo(store, {1}); });
  EXPECT_EQ(code, ExitCode::kInterrupted);
  EXPECT_EQ(line, "asked to end");
}

TEST_F(StoreFiles, ASecondPlannerIsRefusedByPid) {
  EXPECT_FALSE(Store::PlannerOf(path_));
  {
    const Store planner = Store::OpenForWriting(path_);
    EXPECT_EQ(Store::PlannerOf(path_), ::getpid());
    const auto [code, line] = ErrorOf([&] { Store::OpenForWriting(path_); });
    EXPECT_EQ(code, ExitCode::kFailure);
    EXPECT_EQ(
        line,
        "another saelaw (pid " + std::to_string(::getpid()) + ") is running on " + path_.string());
  }
  EXPECT_FALSE(Store::PlannerOf(path_));
  Store::OpenForWriting(path_);
}

TEST_F(StoreFiles, AnotherProgramsDatabaseIsRefusedAndLeftAlone) {
  Sqlite(path_, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
  const std::string before = ReadFile(path_);
  for (const auto& open : {std::function([&] { Store::OpenForReading(path_); }),
                           std::function([&] { Store::OpenForWriting(path_); })}) {
    const auto [code, line] = ErrorOf(open);
    EXPECT_EQ(code, ExitCode::kConfiguration);
    EXPECT_THAT(line, HasSubstr("another program's database"));
  }
  EXPECT_EQ(ReadFile(path_), before);
}

TEST_F(StoreFiles, ANewerVersionIsRefused) {
  Store::OpenForWriting(path_);
  Sqlite(path_, "PRAGMA user_version = 1000");
  for (const auto& open : {std::function([&] { Store::OpenForReading(path_); }),
                           std::function([&] { Store::OpenForWriting(path_); })}) {
    const auto [code, line] = ErrorOf(open);
    EXPECT_EQ(code, ExitCode::kConfiguration);
    EXPECT_THAT(line, AllOf(HasSubstr("newer saelaw"), HasSubstr("1000")));
  }
}

TEST_F(StoreFiles, DamagedFilesAreNamed) {
  folder_.Write("results.db", std::string(8192, 'x'));
  auto [code, line] = ErrorOf([&] { Store::OpenForReading(path_); });
  EXPECT_EQ(code, ExitCode::kIo);
  EXPECT_THAT(line, AllOf(HasSubstr(path_.string()), HasSubstr("is damaged")));
  fs::remove(path_);
  { Store store = Store::OpenForWriting(path_); }
  std::string bytes = ReadFile(path_);
  for (std::size_t i = 4096; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 37);
  folder_.Write("results.db", bytes);
  EXPECT_THAT(ErrorOf([&] { Store::OpenForReading(path_).AcceptedResults(); }).second,
              HasSubstr("is damaged"));
}

TEST_F(StoreFiles, AMissingFolderIsNamed) {
  const fs::path path = folder_.path() / "missing" / "results.db";
  const auto [code, line] = ErrorOf([&] { Store::OpenForWriting(path); });
  EXPECT_EQ(code, ExitCode::kIo);
  EXPECT_THAT(line, AllOf(HasSubstr(path.string()), HasSubstr("No such file")));
}

TEST_F(StoreFiles, AReadOnlyFolderCanBeReadAndNotWritten) {
  {
    Store store = Store::OpenForWriting(path_);
    AddDemo(store, {1});
  }
  ::chmod(path_.c_str(), 0444);
  ::chmod(folder_.path().c_str(), 0555);
  const int code = InChild([&] {
    // Permissions do not bind root: nobody's do.
    if (::geteuid() == 0 && ::setuid(65534) != 0) return 2;
    if (Store::OpenForReading(path_).RunsOf("demo").size() != 1) return 3;
    return ErrorOf([&] { Store::OpenForWriting(path_); }).first == ExitCode::kIo ? 0 : 4;
  });
  ::chmod(folder_.path().c_str(), 0755);
  EXPECT_EQ(code, 0);
}

TEST_F(StoreFiles, AFullDiskLosesNothingThatWasAccepted) {
  // A file-size limit fails writes as a full disk does, halfway through a transaction.
  const int code = InChild([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    Store store = Store::OpenForWriting(path_);
    AddDemo(store, {1});
    const std::string attempt_id = Begin(store, ExampleJob({1}));
    store.AcceptResult(attempt_id, ExampleResult(1), "");
    const rlimit limit{fs::file_size(path_.string() + "-wal") + 5000, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto [error, line] =
        ErrorOf([&] { store.SaveSweep("large", std::string(100000, 'y'), "hash"); });
    if (error != ExitCode::kIo || line.find("accepted is safe") == std::string::npos) return 2;
    const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &none);
    store.AddRuns("demo", {Asked(2)});  // the same store goes on once there is space
    return store.AcceptedResults().size() == 1 && store.Sweeps().size() == 1 ? 0 : 3;
  });
  EXPECT_EQ(code, 0);
  const Store reader = Store::OpenForReading(path_);
  EXPECT_THAT(reader.AcceptedResults(), SizeIs(1));
  EXPECT_THAT(reader.RunsOf("demo"), SizeIs(2));
}

// The database of schema version 1, made by SavedDatabase.DISABLED_Write.
const fs::path kSaved = fs::path(SAELAW_SOURCE_DIR) / "tests/store/data/schema_v1.db";

TEST_F(StoreFiles, VersionOneIsRead) {
  fs::copy_file(kSaved, path_);
  const Store store = Store::OpenForWriting(path_);
  const auto runs = store.RunsOf("demo");
  ASSERT_THAT(runs, SizeIs(3));
  EXPECT_EQ(runs[0].state, RunState::kDone);
  EXPECT_EQ(runs[1].state, RunState::kFailed);
  EXPECT_EQ(runs[1].message, "no such layer");
  EXPECT_EQ(runs[2].state, RunState::kWaiting);
  // Runs keep the name that numeric version 1 gave them: those of today are others.
  RunResult expected = ExampleResult(1);
  expected.id = "4e41ce3e4a41c1a3";
  const auto stored = store.ResultOf(expected.id);
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(ToJson(stored->result), ToJson(expected));
  EXPECT_FALSE(store.ResultOf(ExampleId(1)).has_value());
  EXPECT_EQ(store.PredictionsOf("demo").at(0).predicted, 0.25);
  EXPECT_EQ(store.MeasurementOf("key")->d_in, 64);
  EXPECT_EQ(store.LateResults(), 1);
}

TEST_F(StoreFiles, VersionOneGetsTheTimeOnTheClock) {
  fs::copy_file(kSaved, path_);
  {
    Store store = Store::OpenForWriting(path_);
    EXPECT_EQ(store.WallSecondsOf("demo"), 0);
    store.AddWallSeconds("demo", 1.5);
    store.AddWallSeconds("demo", 2);
  }
  EXPECT_EQ(Store::OpenForReading(path_).WallSecondsOf("demo"), 3.5);
}

// What `sql` gives, cells with blanks between, rows with semicolons.
std::string Rows(const fs::path& path, const std::string& sql) {
  std::string rows;
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  const auto add = [](void* to, int count, char** cells, char**) {
    for (int i = 0; i < count; ++i) {
      *static_cast<std::string*>(to) += cells[i] == nullptr ? "NULL" : cells[i];
      *static_cast<std::string*>(to) += i + 1 < count ? " " : "; ";
    }
    return 0;
  };
  char* message = nullptr;
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), add, &rows, &message), SQLITE_OK) << message;
  sqlite3_free(message);
  sqlite3_close(database);
  return rows;
}

TEST_F(StoreFiles, ViewsShowWhatResearchersExpect) {
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

TEST_F(StoreFiles, VersionOneGetsTheViews) {
  fs::copy_file(kSaved, path_);
  { Store store = Store::OpenForWriting(path_); }
  EXPECT_EQ(Rows(path_, "SELECT loss, ce FROM runs_with_results WHERE state = 'done'"),
            "0.25 NULL; ");
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

TEST(StorePlace, WhatNamesNoFileIsRefused) {
  for (const char* name : {"", ":memory:"}) {
    EXPECT_EQ(ErrorOf([&] { Store::OpenForWriting(name); }).first, ExitCode::kUsage) << name;
    EXPECT_EQ(ErrorOf([&] { Store::OpenForReading(name); }).first, ExitCode::kUsage) << name;
  }
}

TEST(StorePlace, ADatabaseThatIsRemovedOrReplacedIsNoLongerWritten) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "r.db";
  Store store = Store::OpenForWriting(path);
  store.AddRuns("s", {});
  const fs::path aside = folder.path() / "aside.db";
  fs::rename(path, aside);
  const auto gone = ErrorOf([&] { store.SaveSweep("s", "x", "h"); });
  EXPECT_EQ(gone.first, ExitCode::kIo);
  EXPECT_THAT(gone.second, AllOf(HasSubstr("r.db"), HasSubstr("removed, renamed or replaced")));
  folder.Write("r.db", "another");
  EXPECT_EQ(ErrorOf([&] { store.SaveSweep("s", "x", "h"); }).first, ExitCode::kIo);
  fs::rename(aside, path);
  EXPECT_NO_THROW(store.SaveSweep("s", "x", "h"));
  EXPECT_NO_THROW(store.CheckInPlace());
}

TEST(StorePlace, ALogThatIsRemovedIsNoticed) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "r.db";
  Store store = Store::OpenForWriting(path);
  store.SaveSweep("s", "x", "h");
  ASSERT_TRUE(fs::remove(path.string() + "-wal"));
  const auto gone = ErrorOf([&] { store.SaveSweep("s", "x", "h2"); });
  EXPECT_EQ(gone.first, ExitCode::kIo);
  EXPECT_THAT(gone.second, HasSubstr("r.db-wal"));
}

}  // namespace
}  // namespace saelaw
