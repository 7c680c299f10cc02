// The comparison is looked for from the left, and its longest spelling first, so that "<=" is not
// taken for "<" with a value that begins with "=".
#include "fit/points/csv_filter.h"

#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"
#include "fit/points/csv_columns.h"
#include "fit/points/csv_number.h"
#include "fit/points/csv_text.h"

namespace saelaw {

CsvFilter::CsvFilter(std::string_view text, const CsvLines& lines) : text_(Stripped(text)) {
  const std::size_t at = text_.find_first_of("=!<>");
  std::size_t length = 0;
  if (at != std::string::npos && at > 0) {
    const std::string_view rest = std::string_view(text_).substr(at);
    for (const std::string_view known : {"!=", "<=", ">=", "==", "=", "<", ">"}) {
      if (length == 0 && rest.starts_with(known)) length = known.size();
    }
  }
  if (length == 0) {
    throw UsageError(fmt::format(
        "--where takes a column, one of =, !=, <, <=, >, >= and a value, as in lr=1e-3; not '{}'",
        Shown(text_)));
  }
  comparison_ = text_.substr(at, length);
  if (comparison_ == "==") comparison_ = "=";
  value_ = Stripped(std::string_view(text_).substr(at + length));
  column_ = FindColumn(lines, Stripped(std::string_view(text_).substr(0, at)), "--where");
}

bool CsvFilter::Compare(int order) const {
  if (comparison_ == "=") return order == 0;
  if (comparison_ == "!=") return order != 0;
  if (comparison_ == "<") return order < 0;
  if (comparison_ == "<=") return order <= 0;
  return comparison_ == ">" ? order > 0 : order >= 0;
}

bool CsvFilter::Matches(const std::vector<CsvField>& row) const {
  const std::string_view field = Stripped(row[column_].text);
  const auto number = CsvNumber(field, true);
  const auto wanted = CsvNumber(value_, true);
  if (number && wanted) {
    // Values that were written in different ways, such as 0.001 and 1e-3, are one.
    constexpr double kSame = 1e-9;
    const double off = *number - *wanted;
    if (std::abs(off) <= kSame * std::abs(*wanted)) return Compare(0);
    return Compare(off < 0 ? -1 : 1);
  }
  // Words have no order, so a row whose field is no number is never above or below a number.
  const bool same = LowerCase(field) == LowerCase(value_);
  if (comparison_ == "=") return same;
  return comparison_ == "!=" && !same;
}

}  // namespace saelaw
