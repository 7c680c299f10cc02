// Aligned plain-text tables, and the little colour that the terminal is given when it wants any.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/document/document.h"

namespace saelaw {

struct TextColumn {
  std::string title;
  document::Align align = document::Align::kRight;
};

// Rows of cells under a ruled header, two spaces between columns, each as wide as its widest cell
// (in characters, not bytes). Cells are plain text without colour.
class TextTable {
 public:
  explicit TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}
  // Missing cells are empty; a row has at most as many cells as there are columns.
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // Each line indented by two spaces and ended by a newline, without trailing spaces.
  std::string Text() const;

 private:
  std::vector<TextColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Characters that a UTF-8 text takes on a terminal, one for each code point.
std::size_t DisplayWidth(std::string_view text);

enum class Emphasis { kHeading, kWarning };
// `text` with that emphasis when `colour` is asked for, else as it is.
std::string Paint(std::string_view text, Emphasis emphasis, bool colour);
// A blank line, the painted title, and a newline.
std::string Heading(std::string_view title, bool colour);
// Indented lines of at most `width` characters, the first led by `bullet`. Ends with a newline.
std::string Wrapped(std::string_view text, std::string_view bullet, std::size_t width = 100);

}  // namespace saelaw
