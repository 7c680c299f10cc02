// Numbers as people write them, with units: "2.1B" tokens, "8h", "4GiB", "10%".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace saelaw {

// Each returns nothing when the text is not such a quantity (wrong unit, not finite, trailing
// text). Spaces between number and unit are allowed, and so are a sign and underscores between
// digits, as YAML writers have them: +1, .5, 1e-3, 1_000_000.

// K, M, B (or G), T are decimal (512K = 512,000); Ki, Mi, Gi, Ti binary (512Ki = 524,288).
std::optional<double> ParseCount(std::string_view text);
// A count that is a whole number below 2^63 and not negative.
std::optional<std::int64_t> ParseWholeCount(std::string_view text);
// s, m (or min), h, d, or several of them from the longest to the shortest: 90m, 1h30m, 1d 12h.
// Nothing where a unit is missing.
std::optional<double> ParseSeconds(std::string_view text);
// A number without any unit.
std::optional<double> ParseBare(std::string_view text);
// B, KB, MB, GB, TB decimal; KiB, MiB, GiB, TiB binary; a bare number is bytes.
std::optional<double> ParseBytes(std::string_view text);
// "5%" or "0.05".
std::optional<double> ParseFraction(std::string_view text);

// At most `digits` significant digits: 2.1B, 131K, 512.
std::string FormatCount(double count, int digits = 3);
// 4.2 h, 35 min, 12 s, 0.3 s, under 0.001 s.
std::string FormatSeconds(double seconds);
// 8.6 TB, 710 MB (decimal), for disk and memory.
std::string FormatBytes(double bytes);
// The shortest text that reads back as the same double (7e-05, 0.001, 16384).
std::string FormatExact(double value);

}  // namespace saelaw
