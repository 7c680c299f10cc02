#include "store/planner_lock.h"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/files.h"
#include "store/store_testing.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

using PlannerLockTest = StoreTest;

TEST_F(PlannerLockTest, ASecondPlannerIsRefusedByPid) {
  EXPECT_FALSE(PlannerLock::FindHolder(path_));
  {
    const PlannerLock lock(path_);
    EXPECT_EQ(PlannerLock::FindHolder(path_), ::getpid());
    const auto [code, line] = ErrorOf([&] { PlannerLock second(path_); });
    EXPECT_EQ(code, ExitCode::kFailure);
    EXPECT_EQ(
        line,
        "another saelaw (pid " + std::to_string(::getpid()) + ") is running on " + path_.string());
  }
  EXPECT_FALSE(PlannerLock::FindHolder(path_));
  const PlannerLock again(path_);
}

// Two names of one database are one database.
TEST_F(PlannerLockTest, ALinkHasTheLockOfWhatItLeadsTo) {
  folder_.Write("results.db", "");
  fs::create_symlink(path_, folder_.path() / "link.db");
  const PlannerLock lock(folder_.path() / "link.db");
  EXPECT_EQ(PlannerLock::FindHolder(path_), ::getpid());
  EXPECT_THROW(PlannerLock second(path_), Error);
}

// A killed planner leaves the file with its pid, and no lock.
TEST_F(PlannerLockTest, EndsWithItsProcessHoweverThatEnds) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const int pid = ::fork();
  if (pid == 0) {
    const PlannerLock lock(path_);
    if (::write(ready[1], "x", 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(PlannerLock::FindHolder(path_), pid);
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  EXPECT_EQ(ReadFile(path_.string() + ".lock"), std::to_string(pid) + "\n");
  EXPECT_FALSE(PlannerLock::FindHolder(path_));
  const PlannerLock next(path_);
  for (const int end : ready) ::close(end);
}

TEST_F(PlannerLockTest, AFolderThatIsMissingIsNamed) {
  const auto [code, line] = ErrorOf([&] { PlannerLock lock(folder_.path() / "no" / "r.db"); });
  EXPECT_EQ(code, ExitCode::kIo);
  EXPECT_EQ(line,
            "cannot open " + (folder_.path() / "no" / "r.db.lock").string() +
                ": No such file or directory");
}

}  // namespace
}  // namespace saelaw
