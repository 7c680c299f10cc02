#include "dispatch/spawn.h"

#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/errors.h"
#include "core/files.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

class SpawnTest : public ::testing::Test {
 protected:
  // What the shell script has written, on stdout or stderr, by its end.
  std::string Said(const std::string& script,
                   const std::vector<std::pair<std::string, std::string>>& environment = {}) {
    const int pid = Spawn({"/bin/sh", "-c", script}, environment, log_);
    EXPECT_EQ(::waitpid(pid, nullptr, 0), pid);
    return ReadFile(log_);
  }
  TemporaryFolder folder_;
  std::filesystem::path log_ = folder_.path() / "log";
};

// A trainer that is started again goes on in the log of the one before.
TEST_F(SpawnTest, AppendsBothKindsOfOutputAndGivesNoInput) {
  Said("echo first; echo second >&2");
  EXPECT_EQ(Said("read line || echo nothing to read"), "first\nsecond\nnothing to read\n");
}

TEST_F(SpawnTest, ChangesTheEnvironmentAndKeepsTheRest) {
  ::setenv("SAELAW_TEST_KEPT", "kept", 1);
  ::setenv("SAELAW_TEST_CHANGED", "before", 1);
  EXPECT_EQ(Said("echo $SAELAW_TEST_KEPT $SAELAW_TEST_CHANGED $SAELAW_TEST_NEW",
                 {{"SAELAW_TEST_CHANGED", "after"}, {"SAELAW_TEST_NEW", "a=b"}}),
            "kept after a=b\n");
}

// Ctrl-C at the terminal reaches the planner alone, which asks its trainers to end.
TEST_F(SpawnTest, IsAGroupOfItsOwn) {
  const int pid = Spawn({"/bin/sleep", "60"}, {}, log_);
  EXPECT_EQ(::getpgid(pid), pid);
  ::kill(-pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

// SigBlk of proc(5): a trainer that began with SIGTERM blocked could not be asked to end.
TEST_F(SpawnTest, BlocksNoSignal) {
  sigset_t term, before;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &term, &before);
  EXPECT_EQ(Said("while read key mask; do [ $key = SigBlk: ] && echo $mask; done </proc/$$/status"),
            "0000000000000000\n");
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

TEST_F(SpawnTest, NamesWhatCannotBeStarted) {
  try {
    Spawn({"/no/such/trainer"}, {}, log_);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kIo);
    EXPECT_EQ(error.what(),
              "cannot start /no/such/trainer with output to " + log_.string() +
                  ": No such file or directory");
  }
}

}  // namespace
}  // namespace saelaw
