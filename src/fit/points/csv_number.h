// Numbers as tables have them: with units, grouped by threes, missing in many words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace saelaw {

// Whether a cell holds no value: empty, NA, N/A, #N/A, <NA>, null, None, "-", ... in any case.
bool MeansMissing(std::string_view text);

// A number as ParseCount reads it, and also nan, inf and their spellings by other programs. Where
// `grouped`, thousands may be grouped by commas, apostrophes or blanks: 33,554,432. "1,5" and
// "0,500" are no numbers, nor is "1,500M", which could be 1.5 million. Nothing for other text.
std::optional<double> CsvNumber(std::string_view text, bool grouped);

// Why CsvNumber gives nothing, with the mend: "not a number: '0,5'; decimals are written with a
// point".
std::string WhyNoNumber(std::string_view text);

// A seed or a data order: a whole number as itself, any other word as a number of its own, 0 for a
// missing one. Nothing for a number that is not whole.
std::optional<std::int64_t> CsvName(std::string_view text);

}  // namespace saelaw
