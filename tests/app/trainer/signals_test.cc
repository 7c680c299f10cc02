// A request to stop is one for the whole process, so each case is a process of its own.
#include "app/trainer/signals.h"

#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace saelaw {
namespace {

using ::testing::ExitedWithCode;

// Ends with 1 where this signal is a request, 0 where it is none.
[[noreturn]] void After(int signal, bool ignored_at_start) {
  ::signal(signal, ignored_at_start ? SIG_IGN : SIG_DFL);
  ListenForStop();
  if (StopRequested()) std::_Exit(2);
  ::raise(signal);
  std::_Exit(StopRequested() ? 1 : 0);
}

TEST(ListenForStop, TakesEachWayOfEndingForARequest) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    EXPECT_EXIT(After(signal, false), ExitedWithCode(1), "") << signal;
  }
}

// nohup ignores SIGHUP, and means the trainers too.
TEST(ListenForStop, LeavesIgnoredWhatWasIgnored) {
  EXPECT_EXIT(After(SIGHUP, true), ExitedWithCode(0), "");
}

// Starts a trainer and ends when it listens; `said` gets a byte then and one when it is to stop.
[[noreturn]] void StartAndEnd(int said, int heard) {
  if (::fork() == 0) {
    ::setenv("SAELAW_DIE_WITH_PARENT", "1", 1);
    ListenForStop();
    if (::write(said, "l", 1) != 1) std::_Exit(1);
    while (!StopRequested()) ::poll(nullptr, 0, 10);
    std::_Exit(::write(said, "s", 1) == 1 ? 0 : 1);
  }
  char listening = 0;
  std::_Exit(::read(heard, &listening, 1) == 1 ? 0 : 1);
}

TEST(ListenForStop, EndsWithItsParentWhereThatIsAsked) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const int parent = ::fork();
  if (parent == 0) StartAndEnd(ends[1], ends[0]);
  int status = 0;
  ::waitpid(parent, &status, 0);
  EXPECT_EQ(status, 0);
  pollfd stopped{ends[0], POLLIN, 0};
  ASSERT_EQ(::poll(&stopped, 1, 20'000), 1);
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 1);
  EXPECT_EQ(byte, 's');
  for (const int end : ends) ::close(end);
}

}  // namespace
}  // namespace saelaw
