// Numbers are read strictly first, as C++ writes them, and then by what other programs make of
// them: units, grouped thousands, spelt-out infinities. Where a text could mean two numbers it is
// refused, and the message says how to mend it.
#include "fit/points/csv_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/quantities.h"
#include "fit/points/clusters.h"
#include "fit/points/csv_text.h"

namespace saelaw {
namespace {

constexpr std::array<std::string_view, 16> kMissing = {"na",
                                                       "n/a",
                                                       "#n/a",
                                                       "#na",
                                                       "#n/a n/a",
                                                       "<na>",
                                                       "null",
                                                       "(null)",
                                                       "<null>",
                                                       "none",
                                                       "nil",
                                                       "missing",
                                                       "-",
                                                       "--",
                                                       "\xE2\x80\x93",   // en dash
                                                       "\xE2\x80\x94"};  // em dash

bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

// Digits are told from letters by hand: the library's functions ask the user's locale.
std::size_t Digits(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), IsDigit);
  return static_cast<std::size_t>(end - text.begin());
}

// Finds what groups the thousands of a number whose first group is `digits` long; empty for
// nothing.
std::string_view GroupSeparator(std::string_view text, std::size_t digits) {
  constexpr std::array<std::string_view, 7> kGroupSeparators = {",",
                                                                "'",
                                                                " ",
                                                                "\xE2\x80\x99",   // apostrophe
                                                                "\xC2\xA0",       // no-break space
                                                                "\xE2\x80\xAF",   // narrow one
                                                                "\xE2\x80\x89"};  // thin space
  for (const std::string_view separator : kGroupSeparators) {
    if (text.substr(digits).starts_with(separator)) return separator;
  }
  return "";
}

// "33,554,432" as "33554432"; nothing when it is not grouped by threes, or could be a decimal
// comma.
std::optional<std::string> Ungrouped(std::string_view text) {
  constexpr std::size_t kGroup = 3;
  const std::size_t first = Digits(text);
  const std::string_view separator = GroupSeparator(text, first);
  if (first == 0 || first > kGroup || text.front() == '0' || separator.empty()) return std::nullopt;
  std::string plain(text.substr(0, first));
  text.remove_prefix(first);
  int groups = 0;
  while (text.starts_with(separator) && Digits(text.substr(separator.size())) == kGroup) {
    plain += text.substr(separator.size(), kGroup);
    text.remove_prefix(separator.size() + kGroup);
    ++groups;
  }
  // "1,234" alone is a thousand, but "1,234e5" or "1,234K" might have a decimal comma, and is
  // refused.
  const bool decimal = separator == "," && groups == 1 && !text.empty() && text.front() != '.';
  if (groups == 0 || decimal) return std::nullopt;
  return plain + std::string(text);
}

// Reads what C's printf on Windows and Java write for something that is no number.
std::optional<double> NotFinite(std::string_view text) {
  const double sign = text.starts_with('-') ? -1 : 1;
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.starts_with("1.#INF")) return sign * std::numeric_limits<double>::infinity();
  for (const std::string_view nan : {"1.#IND", "1.#QNAN", "1.#SNAN", "1.#NAN"}) {
    if (text.starts_with(nan)) return std::numeric_limits<double>::quiet_NaN();
  }
  return std::nullopt;
}

// The value and whether it is too large or too small; nothing for a text that is not all number.
std::optional<std::pair<double, bool>> Plain(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  return std::pair(value, error == std::errc::result_out_of_range);
}

// std::from_chars takes no plus sign. One in front of a minus stays, so that "+-1" is refused.
std::string_view WithoutPlus(std::string_view text) {
  text = Stripped(text);
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

}  // namespace

bool MeansMissing(std::string_view text) {
  text = Stripped(text);
  constexpr std::size_t kLongest = 8;
  if (text.empty()) return true;
  // A number is never a word for a missing value, so most fields are answered by their first byte.
  if (text.size() > kLongest || IsDigit(text.front())) return false;
  return std::find(kMissing.begin(), kMissing.end(), LowerCase(text)) != kMissing.end();
}

// Units such as 4M are read for all columns, and grouped thousands only where they make sense.
std::optional<double> CsvNumber(std::string_view text, bool grouped) {
  text = WithoutPlus(text);
  if (const auto plain = Plain(text)) {
    // A number out of range is refused: as infinity or zero it would pass for a measurement.
    return plain->second ? std::nullopt : std::optional(plain->first);
  }
  if (const auto value = NotFinite(text)) return value;
  if (const auto value = ParseCount(text)) return value;
  if (!grouped) return std::nullopt;
  const auto ungrouped = Ungrouped(text);
  return ungrouped ? ParseCount(*ungrouped) : std::nullopt;
}

std::string WhyNoNumber(std::string_view text) {
  const std::string_view number = WithoutPlus(text);
  if (const auto plain = Plain(number); plain && plain->second) {
    return fmt::format("number out of range: '{}'", Shown(text));
  }
  std::string_view mend;
  if (text.find(',') != std::string_view::npos) {
    mend = "; decimals are written with a point";
  } else if (!number.empty() && (IsDigit(number.front()) || number.front() == '.')) {
    mend = "; units are K, M, B, T, Ki, Mi, Gi, Ti";
  }
  return fmt::format("not a number: '{}'{}", Shown(text), mend);
}

std::optional<std::int64_t> CsvName(std::string_view text) {
  text = Stripped(text);
  // Seeds may be numbers or names. A whole number keeps its value, so that seed 0 stays the first.
  if (MeansMissing(text)) return 0;
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error == std::errc() && end == text.data() + text.size()) return whole;
  constexpr double kLargest = 9e15;
  const auto value = CsvNumber(text, true);
  if (value && std::isnan(*value)) return 0;
  // What is no number, or too large for one, is a name and goes through the hash.
  if (!value || !(std::abs(*value) < kLargest)) return OriginNumber(text);
  // A seed of 1.5 is most likely a wrong column, so it is not taken for a name.
  if (std::floor(*value) != *value) return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

}  // namespace saelaw
