// A document for the terminal: aligned plain text. Figures and what is for pages alone are left
// out.
#pragma once

#include <string>

#include "report/document/document.h"
#include "report/render/formats.h"

namespace saelaw {

// Escape sequences only when colour is asked for; none come from the document's own texts.
std::string RenderText(const document::Document& document, const RenderOptions& options);

}  // namespace saelaw
