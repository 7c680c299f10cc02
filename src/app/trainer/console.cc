#include "app/trainer/console.h"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace saelaw {
namespace {

constexpr double kSecondsBetweenLines = 10;

}  // namespace

Console::Console(Clock clock)
    : clock_(std::move(clock)),
      terminal_(::isatty(STDERR_FILENO) == 1),
      next_(clock_() + (terminal_ ? 0 : kSecondsBetweenLines)) {}

void Console::Show(const Progress& progress) {
  if (clock_() < next_) return;
  if (terminal_) {
    fmt::print(stderr, "\r{}\x1b[K", ProgressLine(progress));
    line_open_ = true;
  } else {
    fmt::print(stderr, "{}\n", ProgressLine(progress));
    next_ = clock_() + kSecondsBetweenLines;
  }
}

void Console::Note(const std::string& line) {
  fmt::print(stderr, "{}{}\n", line_open_ ? "\n" : "", line);
  line_open_ = false;
}

}  // namespace saelaw
