#include "app/trainer/console.h"

#include <cstdlib>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace saelaw {
namespace {

Progress Loading() {
  Progress progress;
  progress.phase = "loading";
  return progress;
}

// A job of a few seconds leaves none; a longer one, a line every ten seconds.
TEST(Console, FillsALogSlowly) {
  double now = 100;
  ::testing::internal::CaptureStderr();
  Console console([&] { return now; });
  for (int second = 0; second <= 25; ++second, now += 1) console.Show(Loading());
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "loading\nloading\n");
}

TEST(Console, PutsNotesOnLinesOfTheirOwn) {
  ::testing::internal::CaptureStderr();
  Console console([] { return 0.0; });
  console.Note("saelaw-trainer: no space");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "saelaw-trainer: no space\n");
}

// On a terminal each line overwrites the one before, and a note begins a new one.
TEST(Console, OverwritesItsLineOnATerminal) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) {
    GTEST_SKIP() << "this machine gives out no terminals";
  }
  const int inside = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY);
  const int before = ::dup(STDERR_FILENO);
  ::dup2(inside, STDERR_FILENO);
  Console console([] { return 0.0; });
  for (int i = 0; i < 2; ++i) console.Show(Loading());
  for (int i = 0; i < 2; ++i) console.Note("note");
  ::dup2(before, STDERR_FILENO);
  char text[200] = {};
  EXPECT_GT(::read(terminal, text, sizeof text - 1), 0);
  // The terminal's driver puts a return before each line feed.
  EXPECT_STREQ(text, "\rloading\x1b[K\rloading\x1b[K\r\nnote\r\nnote\r\n");
  for (const int stream : {terminal, inside, before}) ::close(stream);
}

}  // namespace
}  // namespace saelaw
