// A terminal shows no figure. What figures show can be read from the tables beside them or in the
// JSON.
#include "report/render/text.h"

#include <utility>

#include "report/document/numbers.h"
#include "report/render/text_table.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

// Everything that a document's maker wrote passes through Plain here, so that no name or message
// of a user can drive the terminal.
class TextWriter {
 public:
  explicit TextWriter(bool colour) : colour_(colour) {}

  std::string Write(const Document& document) {
    for (const std::string& warning : document.warnings) (*this)(Warning(warning));
    if (!document.title.empty())
      text_ += Paint(Plain(document.title), Emphasis::kHeading, colour_) + "\n";
    WriteAll(document.blocks);
    return std::move(text_);
  }

  void operator()(const Paragraph& paragraph) {
    if (paragraph.after_space) text_ += "\n";
    if (paragraph.unbroken) {
      text_ += "  " + Painted(paragraph.line) + "\n";
      return;
    }
    const std::string_view bullet = paragraph.tone == Tone::kWarning ? "! " : "  ";
    const std::string wrapped = Wrapped(Plain(MakeText(paragraph.line)), bullet);
    text_ += Paint(wrapped, Emphasis::kWarning, colour_ && paragraph.tone != Tone::kPlain);
  }

  void operator()(const Bullets& bullets) {
    for (const std::string& line : bullets.lines) text_ += Wrapped(Plain(line), "  - ");
  }

  void operator()(const Facts& facts) {
    TextTable table({{"answer", Align::kLeft}, {"value", Align::kLeft}});
    for (const Fact& fact : facts) table.Add({Plain(fact.name), Plain(MakeText(fact.value))});
    text_ += table.Text();
  }

  void operator()(const Table& table) {
    if (table.empty() && !table.when_empty.empty()) {
      text_ += Wrapped(Plain(table.when_empty), "  ");
      return;
    }
    std::vector<TextColumn> columns;
    for (const Column& column : table.columns) {
      if (Shown(column)) columns.push_back({Plain(column.title), column.align});
    }
    TextTable text(std::move(columns));
    for (const Row& row : table.rows) text.Add(Cells(table, row));
    text_ += text.Text();
  }

  void operator()(const Section& section) {
    if (section.audience != Audience::kEverybody) return;
    if (section.titled == Audience::kEverybody) text_ += Heading(Plain(section.title), colour_);
    WriteAll(section.blocks);
  }

  // A terminal draws nothing, and files are for those who open them.
  void operator()(const Figure& /*figure*/) {}
  void operator()(const Verbatim& /*file*/) {}

 private:
  static bool Shown(const Column& column) { return column.audience == Audience::kEverybody; }

  static std::vector<std::string> Cells(const Table& table, const Row& row) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (Shown(table.columns[i])) cells.push_back(Plain(MakeText(row.cells.at(i).line)));
    }
    return cells;
  }

  void WriteAll(const Blocks& blocks) {
    for (const Block& block : blocks) std::visit(*this, block.content);
  }

  // Paints each span in its colour. Such a line is not wrapped, so it does not matter that the
  // escapes would count as width.
  std::string Painted(const Line& line) const {
    std::string text;
    for (const Span& span : line) {
      const bool warns = span.tone != Tone::kPlain;
      text += Paint(Plain(span.text), Emphasis::kWarning, colour_ && warns);
    }
    return text;
  }

  bool colour_;
  std::string text_;
};

}  // namespace

std::string RenderText(const Document& document, const RenderOptions& options) {
  return TextWriter(options.colour).Write(document);
}

}  // namespace saelaw
