// The bytes of a table as UTF-8 text, and pieces of a table as messages may show them.
#pragma once

#include <string>
#include <string_view>

namespace saelaw {

// UTF-8 is taken as it is, without its byte-order mark; UTF-16 of either byte order is converted
// (unpaired surrogates become U+FFFD). Throws ConfigurationError naming what else the file is: a
// spreadsheet, an archive, JSON, UTF-32, other binary data. `name` leads the message.
std::string CsvText(std::string_view bytes, std::string_view name);

// At most kShownCharacters of `text` on one line, fit for a message: line breaks and tabs as \n, \r
// and \t, other control characters and bytes that are no UTF-8 as "?", the rest cut off by "...".
inline constexpr int kShownCharacters = 40;
std::string Shown(std::string_view text);

// `text` without blanks, tabs and line ends at both ends.
std::string_view Stripped(std::string_view text);

// ASCII letters small; other characters as they are.
std::string LowerCase(std::string_view text);

}  // namespace saelaw
