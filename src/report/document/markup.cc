// Names and messages of users end up in pages, so that whatever could be taken for markup is
// escaped here. Control characters are not allowed in XML, not even escaped, so they become blanks.
#include "report/document/markup.h"

namespace saelaw {
namespace {

// The answer is empty when the character stands for itself.
std::string_view Entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  const bool control = byte < 0x20 || byte == 0x7f;
  return control && c != '\n' && c != '\t' ? " " : "";
}

}  // namespace

std::string EscapeMarkup(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const std::string_view entity = Entity(c);
    if (entity.empty())
      escaped += c;
    else
      escaped += entity;
  }
  return escaped;
}

}  // namespace saelaw
