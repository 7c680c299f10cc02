// The pieces of the HTML report; for report/'s .cc files alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/report.h"
#include "report/text_table.h"

namespace saelaw {

// Embedded at build time (cmake/EmbedText.cmake).
std::string_view ChartLibrary();
std::string_view PageStyle();
std::string_view PageScript();

namespace html {

// One table cell. `pointer`: the JSON pointer of the number or interval that it shows, or empty.
struct Cell {
  Cell(std::string shown) : text(std::move(shown)) {}  // NOLINT: a text is a cell
  Cell(std::string shown, std::string json_pointer)
      : text(std::move(shown)), pointer(std::move(json_pointer)) {}
  std::string text;
  std::string pointer;
};

// A table whose cells are escaped when it is written.
class Table {
 public:
  explicit Table(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}
  // A row shorter than the table ends in a cell that spans the rest.
  // `mark`: a CSS class for the row (bad, faint) or empty.
  void Add(std::vector<Cell> cells, std::string_view mark = "");
  bool empty() const { return rows_.empty(); }
  std::string Html() const;

 private:
  std::vector<TextColumn> columns_;
  std::string rows_;
};

// <span data-json="...">text</span>.
std::string Shown(const std::string& text, const std::string& pointer);

// Sections, each <section> with its heading.
std::string AnswerCards(const Report& report);
std::string HoldOutSection(const Report& report);
std::string TransferSection(const Report& report);
std::string BudgetSection(const Report& report);
std::string LawsSection(const Report& report);
// Empty when there is no law to speak against.
std::string CriticismSection(const Report& report);
std::string LearningRateSection(const Report& report);
std::string RunsSection(const Report& report);

}  // namespace html
}  // namespace saelaw
