// Documents on stdout.
#pragma once

#include <string>

#include "report/document/document.h"
#include "report/render/formats.h"

namespace saelaw {

// Colour where stdout is a terminal.
RenderOptions StdoutOptions();
// The document as text for stdout.
std::string OnTerminal(const document::Document& document);

}  // namespace saelaw
