// Locks of others, disks that fail, files that go away; and values on their way through SQLite.
#include "store/connection.h"

#include <cmath>
#include <csignal>
#include <exception>
#include <iostream>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/files.h"
#include "store/examples.h"
#include "store/store_testing.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using ConnectionTest = StoreTest;

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

TEST_F(ConnectionTest, ALockOfAnotherProgramIsWaitedFor) {
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
  EXPECT_THAT(store.FindRuns("demo"), SizeIs(1));
}

TEST_F(ConnectionTest, ALockThatOutlastsThePatienceIsAnIoErrorAndNotWaitedForAgain) {
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

TEST_F(ConnectionTest, WaitingForALockEndsWithTheWatchsOwnError) {
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

// What goes wrong after the stop has a reason of its own.
TEST_F(ConnectionTest, AnErrorAfterAStopIsToldForWhatItIs) {
  LockWatch watch;
  watch.on_wait = [](std::chrono::milliseconds) -> std::optional<Error> {
    return Error(ExitCode::kInterrupted, "asked to end");
  };
  Store::OpenForWriting(path_, FixedClock());
  Connection connection(path_, Access::kReadWrite, watch);
  {
    const Lock lock(path_);
    EXPECT_EQ(ErrorOf([&] { connection.Execute("BEGIN IMMEDIATE"); }).first,
              ExitCode::kInterrupted);
  }
  const auto [code, line] = ErrorOf([&] { connection.Execute("INSERT INTO nowhere VALUES (1)"); });
  EXPECT_EQ(code, ExitCode::kIo);
  EXPECT_THAT(line, HasSubstr("no such table: nowhere"));
}

TEST_F(ConnectionTest, DamagedFilesAreNamed) {
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

TEST_F(ConnectionTest, AMissingFolderIsNamed) {
  const fs::path path = folder_.path() / "missing" / "results.db";
  const auto [code, line] = ErrorOf([&] { Store::OpenForWriting(path); });
  EXPECT_EQ(code, ExitCode::kIo);
  EXPECT_THAT(line, AllOf(HasSubstr(path.string()), HasSubstr("No such file")));
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

TEST_F(ConnectionTest, AReadOnlyFolderCanBeReadAndNotWritten) {
  {
    Store store = Store::OpenForWriting(path_);
    AddDemo(store, {1});
  }
  ::chmod(path_.c_str(), 0444);
  ::chmod(folder_.path().c_str(), 0555);
  const int code = InChild([&] {
    // Permissions do not bind root: nobody's do.
    if (::geteuid() == 0 && ::setuid(65534) != 0) return 2;
    if (Store::OpenForReading(path_).FindRuns("demo").size() != 1) return 3;
    return ErrorOf([&] { Store::OpenForWriting(path_); }).first == ExitCode::kIo ? 0 : 4;
  });
  ::chmod(folder_.path().c_str(), 0755);
  EXPECT_EQ(code, 0);
}

TEST_F(ConnectionTest, AFullDiskLosesNothingThatWasAccepted) {
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
  EXPECT_THAT(reader.FindRuns("demo"), SizeIs(2));
}

TEST_F(ConnectionTest, ADatabaseThatIsRemovedOrReplacedIsNoLongerWritten) {
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

TEST_F(ConnectionTest, ALogThatIsRemovedIsNoticed) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "r.db";
  Store store = Store::OpenForWriting(path);
  store.SaveSweep("s", "x", "h");
  ASSERT_TRUE(fs::remove(path.string() + "-wal"));
  const auto gone = ErrorOf([&] { store.SaveSweep("s", "x", "h2"); });
  EXPECT_EQ(gone.first, ExitCode::kIo);
  EXPECT_THAT(gone.second, HasSubstr("r.db-wal"));
}

// An unsigned number keeps its bits, an unknown one is NULL: both are stored so in results.db.
TEST_F(ConnectionTest, ValuesComeBackAsTheyWereBound) {
  Connection connection(path_, Access::kCreate);
  connection.Execute("CREATE TABLE t (a, b, c, d)");
  const std::uint64_t seed = 0xfedcba9876543210;
  Statement(connection, "INSERT INTO t VALUES (?, ?, ?, ?)")
      .Bind(seed, std::nan(""), std::string_view("a\0b", 3), 0.1)
      .Run();
  Statement row(connection, "SELECT a, b, c, d FROM t");
  ASSERT_TRUE(row.Step());
  EXPECT_EQ(static_cast<std::uint64_t>(row.Integer(0)), seed);
  EXPECT_TRUE(row.IsNull(1));
  EXPECT_TRUE(std::isnan(row.Real(1)));
  EXPECT_EQ(row.Text(1), "");
  EXPECT_EQ(row.Text(2), std::string("a\0b", 3));
  EXPECT_EQ(row.Real(3), 0.1);
  EXPECT_FALSE(row.Step());
}

TEST_F(ConnectionTest, ATransactionThatIsLeftIsUndone) {
  Connection connection(path_, Access::kCreate);
  connection.Execute("CREATE TABLE t (a)");
  {
    const Transaction left(connection);
    connection.Execute("INSERT INTO t VALUES (1)");
  }
  Transaction kept(connection);
  connection.Execute("INSERT INTO t VALUES (2)");
  kept.Commit();
  EXPECT_EQ(Rows(path_, "SELECT a FROM t"), "2; ");
}

}  // namespace
}  // namespace saelaw
