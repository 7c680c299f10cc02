// What becomes of output that cannot be written. That is remembered for the whole process, so each
// case is a process of its own.
#include "app/cli/messages.h"

#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>
#include <unistd.h>

namespace saelaw {
namespace {

using ::testing::ExitedWithCode;

// Prints with `stream` in the place of stdout, and ends with what CloseOutput says.
[[noreturn]] void PrintTo(int stream, ExitCode code) {
  ::signal(SIGPIPE, SIG_IGN);  // as every command does
  ::dup2(stream, STDOUT_FILENO);
  Print("{} tokens\n", 4096);
  std::_Exit(CloseOutput(code));
}

TEST(CloseOutput, KeepsTheCodeOfACommandWhoseOutputWasWritten) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_EXIT(PrintTo(ends[1], ExitCode::kIncomplete), ExitedWithCode(75), "^$");
  char text[16] = {};
  EXPECT_EQ(::read(ends[0], text, sizeof text - 1), 12);
  EXPECT_STREQ(text, "4096 tokens\n");
  for (const int end : ends) ::close(end);
}

// /dev/full fails each write as a full disk does.
TEST(CloseOutput, SaysThatTheDiskIsFull) {
  std::FILE* full = std::fopen("/dev/full", "w");
  ASSERT_NE(full, nullptr);
  EXPECT_EXIT(PrintTo(::fileno(full), ExitCode::kComplete),
              ExitedWithCode(74),
              "^saelaw: cannot write to stdout: No space left on device\n$");
  std::fclose(full);
}

// 141 is what a shell shows of a program that SIGPIPE has ended.
TEST(CloseOutput, IsQuietWhereTheReaderHasGone) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  EXPECT_EXIT(PrintTo(ends[1], ExitCode::kComplete), ExitedWithCode(128 + SIGPIPE), "^$");
  ::close(ends[1]);
}

TEST(Say, IsDroppedWhereNobodyCanReadIt) {
  const auto say = [] {
    ::close(STDERR_FILENO);
    Say("{} of 3\n", 1);
    std::_Exit(0);
  };
  EXPECT_EXIT(say(), ExitedWithCode(0), "^$");
}

}  // namespace
}  // namespace saelaw
