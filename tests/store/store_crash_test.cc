// A planner that is killed at any point loses nothing it was told is written, and counts nothing
// twice.
#include <csignal>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/examples.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

constexpr int kRunsOfAPlanner = 20;

// Accepts results one after the other, each twice, and says so after each: the child of the test.
[[noreturn]] void Plan(const std::filesystem::path& path, std::uint64_t first, int said) {
  Store store = Store::OpenForWriting(path);
  store.SaveSweep("demo", "yaml", "hash");
  for (std::uint64_t seed = first; seed < first + kRunsOfAPlanner; ++seed) {
    store.AddRuns("demo", {Asked(seed)});
    const std::string attempt_id = Begin(store, ExampleJob({seed}));
    store.AcceptResult(attempt_id, ExampleResult(seed), "");
    if (::write(said, &seed, sizeof seed) != sizeof seed) ::_exit(1);
    store.AcceptResult(attempt_id, ExampleResult(seed), "");
    store.EndAttempt(attempt_id, 0, "");
  }
  ::_exit(0);
}

// Kills a planner as soon as it has said `kill_after` results; all that it said.
std::set<RunId> RunAndKill(const std::filesystem::path& path, std::uint64_t first, int kill_after) {
  int pipe_ends[2];
  EXPECT_EQ(::pipe(pipe_ends), 0);
  const int pid = ::fork();
  if (pid == 0) Plan(path, first, pipe_ends[1]);
  ::close(pipe_ends[1]);
  std::set<RunId> said;
  std::uint64_t seed = 0;
  while (::read(pipe_ends[0], &seed, sizeof seed) == sizeof seed) {
    said.insert(ExampleId(seed));
    if (static_cast<int>(said.size()) == kill_after) ::kill(pid, SIGKILL);
  }
  ::close(pipe_ends[0]);
  ::waitpid(pid, nullptr, 0);
  return said;
}

std::string IntegrityOf(const std::filesystem::path& path) {
  sqlite3* database = nullptr;
  sqlite3_open(path.c_str(), &database);
  std::string answer;
  sqlite3_exec(
      database,
      "PRAGMA integrity_check; PRAGMA foreign_key_check",
      [](void* text, int, char** values, char**) {
        *static_cast<std::string*>(text) += values[0];
        return 0;
      },
      &answer,
      nullptr);
  sqlite3_close(database);
  return answer;
}

TEST(StoreCrash, KilledPlannersLoseAndRepeatNothing) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "results.db";
  std::set<RunId> said;
  for (int round = 0; round < 8; ++round) {
    said.merge(RunAndKill(path, 1000 * round, 1 + round * 2));
    std::set<RunId> accepted;
    const Store store = Store::OpenForWriting(path);
    for (const StoredResult& result : store.AcceptedResults()) {
      EXPECT_TRUE(accepted.insert(result.result.id).second);
      EXPECT_EQ(result.result.curve.size(), 2);
    }
    EXPECT_THAT(accepted, ::testing::IsSupersetOf(said));
    EXPECT_LE(accepted.size(), said.size() + round + 1);  // one was written and not yet said
    EXPECT_LE(store.OpenAttempts().size(), round + 1U);
    for (const OpenAttempt& open : store.OpenAttempts()) EXPECT_FALSE(open.job.runs.empty());
  }
  EXPECT_EQ(IntegrityOf(path), "ok");
}

}  // namespace
}  // namespace saelaw
