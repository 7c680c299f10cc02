// Styles, script and numbers stand inside the page, so that it is one file, which can be sent by
// mail and still be opened in years. Every text is escaped on its way.
#include "report/render/html.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "report/document/markup.h"
#include "report/draw/svg.h"

namespace saelaw {

// Embedded at build time (cmake/EmbedText.cmake).
std::string_view PageStyle();
std::string_view PageScript();

namespace {

using namespace document;  // NOLINT: the kinds of blocks

constexpr int kTopSection = 2;  // <h1> is the document's own

std::string PointerAttribute(const std::string& pointer) {
  return pointer.empty() ? "" : fmt::format(" data-json=\"{}\"", EscapeMarkup(pointer));
}

std::string SpanHtml(const Span& span) {
  std::string text = EscapeMarkup(span.text);
  if (span.pointer.empty()) return text;
  return fmt::format("<span{}>{}</span>", PointerAttribute(span.pointer), text);
}

std::string LineHtml(const Line& line) {
  std::string html;
  for (const Span& span : line) html += SpanHtml(span);
  return html;
}

std::string CellHtml(const Cell& cell, const Column& column) {
  const std::string_view align = column.align == Align::kRight ? " class=\"number\"" : "";
  // A cell of one span carries the pointer itself, and needs no element within.
  if (cell.line.size() != 1) return fmt::format("<td{}>{}</td>", align, LineHtml(cell.line));
  const Span& only = cell.line.front();
  return fmt::format(
      "<td{}{}>{}</td>", align, PointerAttribute(only.pointer), EscapeMarkup(only.text));
}

std::string_view RowTag(Mark mark) {
  switch (mark) {
    case Mark::kNone:
      return "<tr>";
    case Mark::kBad:
      return "<tr class=\"bad\">";
    case Mark::kFaint:
      return "<tr class=\"faint\">";
  }
  return "";
}

// Shows the first span large where it is a number, and the rest below it.
std::string CardHtml(const Fact& fact) {
  std::string value = "<div class=\"words\">" + LineHtml(fact.value);
  if (!fact.value.empty() && !fact.value.front().pointer.empty()) {
    value = fmt::format("<div class=\"value\">{}</div><div class=\"detail\">{}",
                        SpanHtml(fact.value.front()),
                        LineHtml({fact.value.begin() + 1, fact.value.end()}));
  }
  return fmt::format("<div class=\"card\"><div class=\"title\">{}</div>{}</div></div>\n",
                     EscapeMarkup(fact.name),
                     value);
}

class HtmlWriter {
 public:
  std::string Write(const Document& document) {
    html_ = fmt::format("<h1>{}</h1>\n", EscapeMarkup(document.title));
    for (const std::string& warning : document.warnings) (*this)(Warning(warning));
    WriteAll(document.blocks);
    return std::move(html_);
  }

  void operator()(const Paragraph& paragraph) {
    html_ += paragraph.tone == Tone::kPlain ? "<p>" : "<p class=\"banner warning\">";
    html_ += LineHtml(paragraph.line) + "</p>\n";
  }

  void operator()(const Bullets& bullets) {
    html_ += "<ul>\n";
    for (const std::string& line : bullets.lines) html_ += "<li>" + EscapeMarkup(line) + "</li>\n";
    html_ += "</ul>\n";
  }

  void operator()(const Facts& facts) {
    html_ += "<div class=\"cards\">\n";
    for (const Fact& fact : facts) html_ += CardHtml(fact);
    html_ += "</div>\n";
  }

  void operator()(const Table& table) {
    if (table.empty() && !table.when_empty.empty()) {
      html_ += fmt::format("<p>{}</p>\n", EscapeMarkup(table.when_empty));
      return;
    }
    html_ += "<div class=\"scroll\"><table>\n<thead><tr>";
    for (const Column& column : table.columns) {
      html_ += fmt::format("<th{}>{}</th>",
                           column.align == Align::kRight ? " class=\"number\"" : "",
                           EscapeMarkup(column.title));
    }
    html_ += "</tr></thead>\n<tbody>\n";
    for (const Row& row : table.rows) Write(row, table.columns);
    html_ += "</tbody></table></div>\n";
  }

  void operator()(const Figure& figure) {
    html_ += fmt::format(
        "<figure id=\"figure-{}\"><figcaption><b>{}</b><br>{}</figcaption>\n{}</figure>\n",
        EscapeMarkup(figure.id),
        EscapeMarkup(figure.title),
        EscapeMarkup(figure.note),
        FigureSvg(figure));
  }

  void operator()(const Verbatim& file) {
    html_ += fmt::format("<pre>{}</pre>\n", EscapeMarkup(file.text));
  }

  void operator()(const Section& section) {
    // What few readers want is there but folded.
    const bool closed = section.audience == Audience::kOnDemand;
    const std::string heading =
        fmt::format("<h{0}>{1}</h{0}>", level_, EscapeMarkup(section.title));
    html_ += closed ? fmt::format("<section>\n<details><summary>{}</summary>\n", heading)
                    : fmt::format("<section>\n{}\n", heading);
    if (!section.note.empty())
      html_ += fmt::format("<p class=\"note\">{}</p>\n", EscapeMarkup(section.note));
    // Headings follow the depth of the sections, by which screen readers find their way.
    ++level_;
    WriteAll(section.blocks);
    --level_;
    html_ += closed ? "</details>\n</section>\n" : "</section>\n";
  }

 private:
  void WriteAll(const Blocks& blocks) {
    for (const Block& block : blocks) std::visit(*this, block.content);
  }

  void Write(const Row& row, const std::vector<Column>& columns) {
    html_ += RowTag(row.mark);
    for (std::size_t i = 0; i < columns.size(); ++i) html_ += CellHtml(row.cells.at(i), columns[i]);
    html_ += "</tr>\n";
  }

  std::string html_;
  int level_ = kTopSection;
};

// A "<" of the JSON could end the script element early. Its escape is the same text to a JSON
// reader.
std::string ScriptJson(const std::string& json) {
  std::string text;
  for (const char c : json) {
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  }
  return text;
}

}  // namespace

// The options say nothing to a page: it holds its figures itself and has colours of its own.
std::string RenderHtml(const Document& document, const RenderOptions& /*options*/) {
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{} &middot; saelaw</title>\n<style>\n{}{}</style>\n</head>\n<body>\n<main>\n",
      EscapeMarkup(document.subject),
      PageStyle(),
      FigureStyle());
  page += HtmlWriter().Write(document);
  page += "</main>\n<script type=\"application/json\" id=\"saelaw-data\">\n";
  page += document.data.empty() ? "{}\n" : ScriptJson(document.data);
  page += "</script>\n<script>\n";
  page += PageScript();
  return page + "</script>\n</body>\n</html>\n";
}

}  // namespace saelaw
