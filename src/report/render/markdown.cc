// A document as Markdown (CommonMark with the pipe tables of GitHub and pandoc), for notebooks,
// pull requests and wikis. Figures are links to the files of `saelaw report --figures`; without
// these only their titles are left.
#include <cctype>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "report/document/numbers.h"
#include "report/render/formats.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

bool IsWord(std::string_view text, std::size_t i) {
  return i < text.size() && std::isalnum(static_cast<unsigned char>(text[i])) != 0;
}

// A text that stands for itself: what Markdown would read as its own is escaped. Underscores within
// words, as in d_sae, are text to it already.
std::string Escaped(std::string_view text) {
  const std::string plain = Plain(text);
  std::string escaped;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const char c = plain[i];
    const bool within = c == '_' && i > 0 && IsWord(plain, i - 1) && IsWord(plain, i + 1);
    if (!within && std::string_view("\\`*_{}[]<>#|~$&").find(c) != std::string_view::npos)
      escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string LineMarkdown(const Line& line) { return Escaped(MakeText(line)); }

// The fence is longer than every run of backticks in the text, so that none of them can end it.
std::string Fence(std::string_view text) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  return fence;
}

class MarkdownWriter {
 public:
  explicit MarkdownWriter(std::string figures) : figures_(std::move(figures)) {}

  std::string Write(const Document& document) {
    if (!document.title.empty()) text_ += "# " + Escaped(document.title) + "\n\n";
    for (const std::string& warning : document.warnings) (*this)(Warning(warning));
    WriteAll(document.blocks);
    return std::move(text_);
  }

  void operator()(const Paragraph& paragraph) {
    if (paragraph.tone != Tone::kPlain) text_ += "> **!** ";
    text_ += LineMarkdown(paragraph.line) + "\n\n";
  }

  void operator()(const Bullets& bullets) {
    for (const std::string& line : bullets.lines) text_ += "- " + Escaped(line) + "\n";
    text_ += "\n";
  }

  void operator()(const Facts& facts) {
    text_ += "| answer | value |\n|---|---|\n";
    for (const Fact& fact : facts)
      text_ += fmt::format("| {} | {} |\n", Escaped(fact.name), LineMarkdown(fact.value));
    text_ += "\n";
  }

  void operator()(const Table& table) {
    if (table.empty() && !table.when_empty.empty()) {
      text_ += Escaped(table.when_empty) + "\n\n";
      return;
    }
    std::string rule = "|";
    text_ += "|";
    for (const Column& column : table.columns) {
      text_ += " " + Escaped(column.title) + " |";
      rule += column.align == Align::kRight ? "---:|" : "---|";
    }
    text_ += "\n" + rule + "\n";
    for (const Row& row : table.rows) Write(row);
    text_ += "\n";
  }

  void operator()(const Figure& figure) {
    if (figures_.empty()) {
      text_ += fmt::format("Figure: {}. {}\n\n", Escaped(figure.title), Escaped(figure.note));
      return;
    }
    // Angle brackets allow blanks in the path.
    text_ += fmt::format("![{}](<{}/{}.svg>)\n\n{}\n\n",
                         Escaped(figure.title),
                         figures_,
                         figure.id,
                         Escaped(figure.note));
  }

  void operator()(const Verbatim& file) {
    const std::string fence = Fence(file.text);
    text_ += fence + "\n" + file.text + (file.text.ends_with('\n') ? "" : "\n") + fence + "\n\n";
  }

  void operator()(const Section& section) {
    // Markdown cannot fold anything, so sections for every audience are written in full.
    text_ += fmt::format("{} {}\n\n", std::string(level_, '#'), Escaped(section.title));
    if (!section.note.empty()) text_ += Escaped(section.note) + "\n\n";
    ++level_;
    WriteAll(section.blocks);
    --level_;
  }

 private:
  void WriteAll(const Blocks& blocks) {
    for (const Block& block : blocks) std::visit(*this, block.content);
  }

  void Write(const Row& row) {
    // A row that is bad is bold; Markdown has no colours.
    const std::string_view mark = row.mark == Mark::kBad ? "**" : "";
    text_ += "|";
    for (const Cell& cell : row.cells) {
      const std::string shown = LineMarkdown(cell.line);
      text_ += fmt::format(" {0}{1}{0} |", shown.empty() ? "" : mark, shown);
    }
    text_ += "\n";
  }

  std::string figures_;
  std::string text_;
  std::size_t level_ = 2;  // of the next section's heading; the document's own is the first
};

}  // namespace

std::string RenderMarkdown(const Document& document, const RenderOptions& options) {
  return MarkdownWriter(options.figures).Write(document);
}

}  // namespace saelaw
