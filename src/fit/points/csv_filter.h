// Which rows of a table are wanted: `--where lr=1e-3`, `--where "arch!=B"`, `--where tokens>=1M`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fit/points/csv_lines.h"

namespace saelaw {

// One condition: a column of the table, =, !=, <, <=, > or >=, and a value. Values that both read
// as numbers are compared as numbers (equal to within 1e-9), others as words without regard to
// case, which only = and != can do.
class CsvFilter {
 public:
  // Throws UsageError for a text that is no condition, ConfigurationError for a column that the
  // header lacks or has twice.
  CsvFilter(std::string_view text, const CsvLines& lines);

  bool Matches(const std::vector<CsvField>& row) const;
  const std::string& text() const { return text_; }

 private:
  bool Compare(int order) const;

  std::string text_;
  std::string comparison_;
  std::string value_;
  std::size_t column_ = 0;
};

}  // namespace saelaw
