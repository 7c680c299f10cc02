// What a command has to say, as data: text, tables and figures in the order in which they are read.
// Builders (report/tables, report/*_document.cc) make a document, renderers (report/render) write
// it for a terminal, as a page or as Markdown. Pandoc parts readers from writers in the same way.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "report/document/figure.h"

namespace saelaw::document {

// A refusal says what cannot be said, where it would stand.
enum class Tone : std::uint8_t { kPlain, kWarning, kRefusal };
enum class Align : std::uint8_t { kLeft, kRight };
// Who is shown a part: everybody; only documents that are scrolled, not the terminal; these too,
// but closed until the reader opens it.
enum class Audience : std::uint8_t { kEverybody, kPages, kOnDemand };

// A piece of text. `pointer` is the JSON pointer, in Document::data, of the one number or interval
// that it shows; empty: it shows none, or rounds in another unit.
struct Span {
  Span(std::string shown, std::string json_pointer = "", Tone its_tone = Tone::kPlain)  // NOLINT
      : text(std::move(shown)), pointer(std::move(json_pointer)), tone(its_tone) {}
  Span(const char* shown) : text(shown) {}  // NOLINT: a text is a span
  std::string text;
  std::string pointer;
  Tone tone = Tone::kPlain;
};
using Line = std::vector<Span>;

// The texts of a line without what they point at.
std::string MakeText(const Line& line);

struct Paragraph {
  Line line{};
  Tone tone = Tone::kPlain;
  bool unbroken = false;     // a terminal does not wrap it
  bool after_space = false;  // a terminal leaves a line free before it
};

struct Bullets {
  std::vector<std::string> lines;
};

// Names and values, the answer at a glance. A page shows the first span of a value large.
struct Fact {
  std::string name{};
  Line value{};
};
using Facts = std::vector<Fact>;

struct Column {
  std::string title{};
  Align align = Align::kRight;
  Audience audience = Audience::kEverybody;
};

// How a row is set apart: what went wrong, and what does not count.
enum class Mark : std::uint8_t { kNone, kBad, kFaint };

struct Cell {
  Cell(std::string shown) : line{Span(std::move(shown))} {}  // NOLINT: a text is a cell
  Cell(const char* shown) : line{Span(shown)} {}             // NOLINT
  Cell(std::string shown, std::string json_pointer)
      : line{Span(std::move(shown), std::move(json_pointer))} {}
  Cell(Line spans) : line(std::move(spans)) {}  // NOLINT
  Line line;
};

struct Row {
  std::vector<Cell> cells;  // as many as there are columns
  Mark mark = Mark::kNone;
};

struct Table {
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::string when_empty;  // said in place of a table without rows; empty: the heads stand alone

  Table(std::vector<Column> heads, std::string none = "")
      : columns(std::move(heads)), when_empty(std::move(none)) {}
  void Add(std::vector<Cell> cells, Mark mark = Mark::kNone);
  bool empty() const { return rows.empty(); }
};

// Text that is kept letter by letter, such as a file.
struct Verbatim {
  std::string text;
};

struct Block;

struct Section {
  explicit Section(std::string its_title);
  Section(std::string its_title,
          std::vector<Block> its_blocks,
          Audience its_audience = Audience::kEverybody);
  std::string title;
  std::vector<Block> blocks;
  Audience audience = Audience::kEverybody;
  // Who reads the title; the terminal has none where its blocks speak for themselves.
  Audience titled = Audience::kEverybody;
  std::string note;  // how to read it, for pages
};

struct Block {
  template <typename Content>
  Block(Content of) : content(std::move(of)) {}  // NOLINT: each of the kinds is a block
  std::variant<Paragraph, Bullets, Facts, Table, Figure, Verbatim, Section> content;
};
using Blocks = std::vector<Block>;

struct Document {
  std::string title{};
  std::string subject{};  // what it is about, in a word or two: a sweep's name
  // What must be known first; a terminal has it even before the title, led by "! ".
  std::vector<std::string> warnings{};
  Blocks blocks{};
  // The JSON object that spans point into; a page keeps it. Empty: there is none.
  std::string data{};
};

// Paragraphs of these tones.
Paragraph Warning(std::string text);
Paragraph Refusal(std::string text);
// A line that a terminal does not wrap.
Paragraph Unbroken(Line line);
// The figures of all sections, in order; they live as long as the document.
std::vector<const Figure*> FiguresIn(const Document& document);
// Puts `more` behind what `blocks` has.
void Extend(Blocks& blocks, Blocks more);

}  // namespace saelaw::document
