#include "core/standard_streams.h"

#include <cstdlib>
#include <initializer_list>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace saelaw {
namespace {

using ::testing::ExitedWithCode;

// Ends with a bit for each thing that is wrong after these streams were found closed.
[[noreturn]] void Without(std::initializer_list<int> closed) {
  struct stat before {
  }, after{};
  for (const int stream : closed) ::close(stream);
  const bool in_open = ::fstat(STDIN_FILENO, &before) == 0;
  OpenMissingStreams();
  int wrong = ::open("/dev/null", O_RDWR) <= STDERR_FILENO ? 1 : 0;  // as a database would be
  for (const int stream : closed) {
    const bool written = ::write(stream, "x", 1) == 1;
    // Lost output must be noticed; lost messages must not end the work.
    if (written != (stream == STDERR_FILENO)) wrong |= 2;
  }
  if (in_open && (::fstat(STDIN_FILENO, &after) != 0 || before.st_ino != after.st_ino)) wrong |= 4;
  std::_Exit(wrong);
}

TEST(OpenMissingStreams, LeavesNoStandardNumberToTheNextFile) {
  EXPECT_EXIT(Without({STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}), ExitedWithCode(0), "");
  EXPECT_EXIT(Without({STDOUT_FILENO}), ExitedWithCode(0), "");
  EXPECT_EXIT(Without({STDERR_FILENO}), ExitedWithCode(0), "");
  EXPECT_EXIT(Without({}), ExitedWithCode(0), "");
}

}  // namespace
}  // namespace saelaw
