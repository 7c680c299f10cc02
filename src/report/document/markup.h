// Text inside HTML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace saelaw {

// Text as content or attribute value: & < > " ' become entities, control characters that XML
// forbids become spaces.
std::string EscapeMarkup(std::string_view text);

}  // namespace saelaw
