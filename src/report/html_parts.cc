#include "report/html_parts.h"

#include <fmt/format.h>

#include "report/html.h"

namespace saelaw {

std::string HtmlEscape(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

namespace html {
namespace {

std::string PointerAttribute(const std::string& pointer) {
  return pointer.empty() ? "" : fmt::format(" data-json=\"{}\"", HtmlEscape(pointer));
}

std::string_view AlignClass(Align align) {
  return align == Align::kRight ? " class=\"number\"" : "";
}

}  // namespace

void Table::Add(std::vector<Cell> cells, std::string_view mark) {
  rows_ += mark.empty() ? "<tr>" : fmt::format("<tr class=\"{}\">", mark);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t left = columns_.size() - i;
    const bool wide = i + 1 == cells.size() && left > 1;
    rows_ += fmt::format("<td{}{}{}>{}</td>",
                         wide ? fmt::format(" colspan=\"{}\"", left) : std::string(),
                         AlignClass(columns_.at(i).align),
                         PointerAttribute(cells[i].pointer),
                         HtmlEscape(cells[i].text));
  }
  rows_ += "</tr>\n";
}

std::string Table::Html() const {
  std::string html = "<div class=\"scroll\"><table>\n<thead><tr>";
  for (const TextColumn& column : columns_)
    html += fmt::format("<th{}>{}</th>", AlignClass(column.align), HtmlEscape(column.title));
  return html + "</tr></thead>\n<tbody>\n" + rows_ + "</tbody></table></div>\n";
}

std::string Shown(const std::string& text, const std::string& pointer) {
  return fmt::format("<span{}>{}</span>", PointerAttribute(pointer), HtmlEscape(text));
}

}  // namespace html
}  // namespace saelaw
