// A document is built from many places; what all renderers rely on is made sure of here, such as
// that a row of a table has a cell for each column.
#include "report/document/document.h"

#include <cassert>
#include <iterator>

namespace saelaw::document {

std::string MakeText(const Line& line) {
  std::string text;
  for (const Span& span : line) text += span.text;
  return text;
}

// These stand here, where a block is known in full: a section holds blocks, and a block may be a
// section.
Section::Section(std::string its_title) : title(std::move(its_title)) {}

Section::Section(std::string its_title, std::vector<Block> its_blocks, Audience its_audience)
    : title(std::move(its_title)), blocks(std::move(its_blocks)), audience(its_audience) {}

void Table::Add(std::vector<Cell> cells, Mark mark) {
  // Renderers go by the columns, so that a short row would shift what it says.
  assert(cells.size() == columns.size());
  rows.push_back({std::move(cells), mark});
}

Paragraph Warning(std::string text) { return {{Span(std::move(text))}, Tone::kWarning}; }

Paragraph Refusal(std::string text) { return {{Span(std::move(text))}, Tone::kRefusal}; }

Paragraph Unbroken(Line line) {
  Paragraph paragraph{std::move(line)};
  paragraph.unbroken = true;
  return paragraph;
}

namespace {

// Figures may stand in sections within sections, so the search goes down into each.
void Collect(const Blocks& blocks, std::vector<const Figure*>& figures) {
  for (const Block& block : blocks) {
    if (const auto* figure = std::get_if<Figure>(&block.content)) figures.push_back(figure);
    if (const auto* section = std::get_if<Section>(&block.content))
      Collect(section->blocks, figures);
  }
}

}  // namespace

std::vector<const Figure*> FiguresIn(const Document& document) {
  std::vector<const Figure*> figures;
  Collect(document.blocks, figures);
  return figures;
}

void Extend(Blocks& blocks, Blocks more) {
  blocks.insert(
      blocks.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace saelaw::document
