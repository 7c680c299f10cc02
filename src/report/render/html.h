// A document as one HTML file that needs no network and no other file: tables, figures, and the
// numbers themselves as an embedded JSON block.
#pragma once

#include <string>

#include "report/document/document.h"
#include "report/render/formats.h"

namespace saelaw {

// A complete page. The element <script type="application/json" id="saelaw-data"> holds the
// document's data. An element with a `data-json` attribute shows the number, or the interval, at
// that JSON pointer; scripts/check-report compares them. The page's script only shows what a
// pointer is over and sorts tables; the body's `data-ready` is "true" once it runs.
std::string RenderHtml(const document::Document& document, const RenderOptions& options);

}  // namespace saelaw
