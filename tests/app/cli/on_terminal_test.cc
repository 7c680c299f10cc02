#include "app/cli/on_terminal.h"

#include <cstdlib>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace saelaw {
namespace {

// What a warning looks like on this stdout.
std::string WarningOn(int stream) {
  document::Document document;
  document.warnings = {"look"};
  const int before = ::dup(STDOUT_FILENO);
  ::dup2(stream, STDOUT_FILENO);
  std::string text = OnTerminal(document);
  ::dup2(before, STDOUT_FILENO);
  ::close(before);
  return text;
}

// Escape codes in a file or a pipe would be read as text.
TEST(OnTerminal, ColoursWhereStdoutIsATerminalAlone) {
  std::fflush(stdout);
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) {
    GTEST_SKIP() << "this machine gives out no terminals";
  }
  const int inside = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY);
  ASSERT_GE(inside, 0);
  EXPECT_NE(WarningOn(inside).find("\033["), std::string::npos);
  const int file = ::open("/dev/null", O_WRONLY);
  EXPECT_EQ(WarningOn(file), "! look\n");
  for (const int stream : {terminal, inside, file}) ::close(stream);
}

}  // namespace
}  // namespace saelaw
