// A person who looks on wants to see progress at once; whoever reads a log wants it short. So in a
// log a line is written now and then, the first only after the pause, so that short jobs leave
// none.
#include "app/trainer/console.h"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace saelaw {
namespace {

constexpr double kSecondsBetweenLines = 10;

// What cannot be written (a full disk, a closed terminal) is dropped: it only watches the work.
void Write(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace

Console::Console(Clock clock)
    : clock_(std::move(clock)),
      terminal_(::isatty(STDERR_FILENO) == 1),
      next_(clock_() + (terminal_ ? 0 : kSecondsBetweenLines)) {}

void Console::Show(const Progress& progress) {
  // On a terminal the time of the next line never moves, so every call is shown.
  if (clock_() < next_) return;
  if (terminal_) {
    Write(fmt::format("\r{}\x1b[K", ProgressLine(progress)));
    line_open_ = true;
  } else {
    Write(fmt::format("{}\n", ProgressLine(progress)));
    next_ = clock_() + kSecondsBetweenLines;
  }
}

void Console::Note(const std::string& line) {
  Write(fmt::format("{}{}\n", line_open_ ? "\n" : "", line));
  line_open_ = false;
}

}  // namespace saelaw
