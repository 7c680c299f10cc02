#include "app/trainer/console.h"

#include <cmath>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "run/quantities.h"

namespace saelaw {
namespace {

constexpr double kSecondsBetweenLines = 10;

std::string Left(double seconds) {
  return seconds < 0 ? "" : fmt::format(", {} left", FormatSeconds(seconds));
}

}  // namespace

std::string ProgressLine(const Progress& progress) {
  double tokens = 0, total = 0, loss = 0, l0 = 0;
  int live = 0;
  for (const MemberProgress& member : progress.members) {
    tokens += static_cast<double>(member.tokens);
    total += static_cast<double>(member.total_tokens);
    if (member.tokens == member.total_tokens || !std::isfinite(member.loss)) continue;
    loss += member.loss;
    l0 += member.l0;
    live += 1;
  }
  const std::string numbers =
      live == 0 ? "" : fmt::format(", loss {:.4g}, L0 {:.4g}", loss / live, l0 / live);
  return fmt::format("{}: tokens {} of {}{}, {} tokens/s{}",
                     progress.phase,
                     FormatCount(tokens),
                     FormatCount(total),
                     numbers,
                     FormatCount(progress.tokens_per_second),
                     Left(progress.eta_seconds));
}

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
