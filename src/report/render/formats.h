// The formats in which a document is written. A new one is a file and a line in formats.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "report/document/document.h"

namespace saelaw {

struct RenderOptions {
  bool colour = false;    // escape sequences, for a terminal
  std::string figures{};  // the folder of the figures' files; empty: there are none
};

struct Format {
  std::string_view name;  // of --format
  std::string (*render)(const document::Document& document, const RenderOptions& options);
};

std::span<const Format> Formats();
// "text, html, ...".
std::string FormatNames();
// Throws UsageError, which lists the names, for one that is not among them.
const Format& FormatNamed(std::string_view name);

}  // namespace saelaw
