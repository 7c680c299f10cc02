// The caret must stand below the right character in a terminal, though columns count bytes: what
// stands before it is made printable and then measured in characters. Wide and combining characters
// are not accounted for.
#include <algorithm>

#include <fmt/format.h>

#include "sweep/sweep.h"
#include "tokens/utf8.h"

namespace saelaw {
namespace {

// A longer line is shown from somewhat before the mistake.
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

// The text comes from a file that was refused, so it may hold anything, escape sequences among it:
// control characters become spaces, and broken UTF-8 becomes U+FFFD.
std::string Printable(std::string_view line) {
  std::string text(line);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return RepairUtf8(text).text;
}

std::string SourceWithCaret(std::string_view line, const Mistake& mistake) {
  // A mistake may stand behind the end of its line, where something is missing.
  std::size_t column =
      std::min(line.size(), static_cast<std::size_t>(std::max(1, mistake.column)) - 1);
  if (line.size() > kMaxShownBytes) {
    std::size_t begin = column > kMaxShownBytes / 2 ? column - kMaxShownBytes / 2 : 0;
    // The cut must not begin in the middle of a character.
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
    // Mistakes of flags and of the file as a whole have no line to show.
    if (mistake.line < 1) {
      out += fmt::format("{}: {}\n", path, mistake.message);
      continue;
    }
    out += fmt::format("{}:{}:{}: {}\n", path, mistake.line, mistake.column, mistake.message);
    const auto number = static_cast<std::size_t>(mistake.line);
    // The parser may report a line behind the last one, e.g. for a bracket that is never closed.
    if (number <= lines.size()) out += SourceWithCaret(lines[number - 1], mistake);
  }
  return out;
}

}  // namespace saelaw
