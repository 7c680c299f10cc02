// Mistakes as the user sees them, with the source line and a caret.
#include <algorithm>

#include <fmt/format.h>

#include "sweep/sweep.h"
#include "tokens/utf8.h"

namespace saelaw {
namespace {

// Longer lines are shown from where the mistake stands.
constexpr std::size_t kMaxShownBytes = 160;

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    lines.push_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), lines.back().size() + 1));
  }
  return lines;
}

bool ContinuesCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// What a terminal may be shown: control characters become spaces, broken UTF-8 U+FFFD.
std::string Printable(std::string_view line) {
  std::string text(line);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return RepairUtf8(text).text;
}

std::string SourceWithCaret(std::string_view line, const Mistake& mistake) {
  std::size_t column =
      std::min(line.size(), static_cast<std::size_t>(std::max(1, mistake.column)) - 1);
  if (line.size() > kMaxShownBytes) {
    std::size_t begin = column > kMaxShownBytes / 2 ? column - kMaxShownBytes / 2 : 0;
    while (begin > 0 && ContinuesCharacter(line[begin])) --begin;
    line = line.substr(begin, kMaxShownBytes);
    column -= begin;
  }
  const std::string before = Printable(line.substr(0, column));
  const auto width = static_cast<std::size_t>(
      std::count_if(before.begin(), before.end(), [](char c) { return !ContinuesCharacter(c); }));
  return fmt::format(
      "{:>5} | {}\n      | {}^\n", mistake.line, Printable(line), std::string(width, ' '));
}

}  // namespace

std::string FormatMistakes(const std::string& path,
                           std::string_view text,
                           const std::vector<Mistake>& mistakes) {
  const std::vector<std::string_view> lines = Lines(text);
  std::string out;
  for (const Mistake& mistake : mistakes) {
    if (mistake.line < 1) {
      out += fmt::format("{}: {}\n", path, mistake.message);
      continue;
    }
    out += fmt::format("{}:{}:{}: {}\n", path, mistake.line, mistake.column, mistake.message);
    const auto number = static_cast<std::size_t>(mistake.line);
    if (number <= lines.size()) out += SourceWithCaret(lines[number - 1], mistake);
  }
  return out;
}

}  // namespace saelaw
