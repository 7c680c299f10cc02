// Whoever asks for a format gives its name. The table of names declares the functions besides that
// it lists them, so that a new format needs no header.
#include "report/render/formats.h"

#include <fmt/format.h>

#include "core/errors.h"

// One line for each format: its name, and its function, which has a file of its own. A macro, so
// that the line declares the function too; not formatted, so that a new line changes no other.
// clang-format off
#define SAELAW_FORMATS(FORMAT) \
  FORMAT("text", RenderText) \
  FORMAT("markdown", RenderMarkdown) \
  FORMAT("html", RenderHtml)
// clang-format on

namespace saelaw {

#define SAELAW_DECLARE(NAME, FUNCTION) \
  std::string FUNCTION(const document::Document& document, const RenderOptions& options);
SAELAW_FORMATS(SAELAW_DECLARE)
#undef SAELAW_DECLARE

std::span<const Format> Formats() {
#define SAELAW_ENTRY(NAME, FUNCTION) {NAME, FUNCTION},
  static constexpr Format kFormats[] = {SAELAW_FORMATS(SAELAW_ENTRY)};
#undef SAELAW_ENTRY
  return kFormats;
}

std::string FormatNames() {
  std::string names;
  for (const Format& format : Formats())
    names += fmt::format("{}{}", names.empty() ? "" : ", ", format.name);
  return names;
}

const Format& FormatNamed(std::string_view name) {
  for (const Format& format : Formats()) {
    if (format.name == name) return format;
  }
  throw UsageError(fmt::format("--format is one of {}, not '{}'", FormatNames(), name));
}

}  // namespace saelaw
