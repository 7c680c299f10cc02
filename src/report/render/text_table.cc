// Columns are as wide as their widest cell. Widths are counted in characters and not in bytes,
// because texts hold signs such as the middle dot or the plus-minus.
#include "report/render/text_table.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

namespace saelaw {
namespace {

std::string Padded(std::string_view text, std::size_t width, document::Align align) {
  const std::size_t shown = DisplayWidth(text);
  const std::string space(width > shown ? width - shown : 0, ' ');
  return align == document::Align::kRight ? space + std::string(text) : std::string(text) + space;
}

void AppendLine(std::string line, std::string& text) {
  // Blanks at the end of a line would be copied along and show up as differences.
  while (!line.empty() && line.back() == ' ') line.pop_back();
  text += line + '\n';
}

std::string_view Escape(Emphasis emphasis) {
  return emphasis == Emphasis::kHeading ? "\033[1m" : "\033[33m";
}

}  // namespace

// In UTF-8 only the bytes that continue a character begin with the bits 10, so all others are
// counted.
std::size_t DisplayWidth(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string TextTable::Text() const {
  std::vector<std::size_t> widths;
  for (const TextColumn& column : columns_) widths.push_back(DisplayWidth(column.title));
  for (const auto& row : rows_) {
    assert(row.size() <= widths.size());
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string text;
  const auto add = [&](const auto& cell) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      line += "  " + Padded(cell(i), widths[i], columns_[i].align);
    AppendLine(std::move(line), text);
  };
  add([&](std::size_t i) { return columns_[i].title; });
  add([&](std::size_t i) { return std::string(widths[i], '-'); });
  for (const auto& row : rows_) {
    add([&](std::size_t i) { return i < row.size() ? row[i] : std::string(); });
  }
  return text;
}

std::string Paint(std::string_view text, Emphasis emphasis, bool colour) {
  return colour ? fmt::format("{}{}\033[0m", Escape(emphasis), text) : std::string(text);
}

std::string Heading(std::string_view title, bool colour) {
  return "\n" + Paint(title, Emphasis::kHeading, colour) + "\n";
}

std::string Wrapped(std::string_view text, std::string_view bullet, std::size_t width) {
  const std::string indent(DisplayWidth(bullet), ' ');
  std::string result;
  std::string line(bullet);
  bool fresh = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    // A word that is longer than a line is never broken: it may be a path, which must stay whole.
    if (!fresh && DisplayWidth(line) + 1 + DisplayWidth(word) > width) {
      AppendLine(std::exchange(line, indent), result);
      fresh = true;
    }
    if (!fresh) line += ' ';
    line += word;
    fresh = false;
  }
  AppendLine(std::move(line), result);
  return result;
}

}  // namespace saelaw
