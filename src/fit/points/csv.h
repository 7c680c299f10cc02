// Anyone's table of results as points: `saelaw fit --csv FILE --columns tokens=D,loss=loss`.
// docs/tables.md says what of a table is understood.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fit/points/csv_columns.h"
#include "fit/points/fit_warning.h"
#include "fit/points/point.h"

namespace saelaw {

// A column that no key reads, kept where it may explain the losses: its name calls a variable to
// mind (VariableLike), or it holds a few words (at most kMostWords).
struct UnreadColumn {
  inline static constexpr std::size_t kMostWords = 6;
  std::string name;   // as the header has it
  std::string place;  // of its header, file:line:column
  std::optional<Variable> like;
  std::vector<std::string> words;  // [points]
};

struct CsvPoints {
  std::vector<Point> points;  // finished runs; a missing or nan loss is NaN. `row`: the file's line
  std::vector<Point> failed;  // runs whose status is diverged, collapsed or the like
  std::vector<DroppedPoint> dropped;  // of machine trouble and unfinished, with the reason
  FitWarnings warnings;
  // Of each key that a column is read for: "file:line:column: column 'lr'", for messages.
  std::array<std::string, kCsvKeyCount> columns;
  std::vector<UnreadColumn> unread;
  int without_loss = 0;  // finished runs whose loss is missing; laws of rates take them as diverged
};

// A header line, then one run per row (fit/points/csv_lines.h), its numbers as in
// fit/points/csv_number.h and its status as in fit/points/run_status.h. `columns` as FindColumns
// takes them. Throws ConfigurationError `name:line:column: ...`, one line of bounded length, for a
// missing or doubled column, a field that is not a number (decimal commas are recognised), a row
// with too many or too few fields, status words that are not known.
CsvPoints ParseCsvPoints(std::string_view text, std::string_view name, const CsvColumns& columns);

// The same of a file ("-": stdin), with the text of `--columns` (empty: columns by their own names)
// and of each `--where` (fit/points/csv_filter.h); rows that one of these leaves out are dropped.
// Throws IoError when it cannot be read, UsageError for such a text.
CsvPoints ReadCsvPoints(const std::filesystem::path& path,
                        std::string_view columns,
                        const std::vector<std::string>& where = {});
// The same of a text that has been read already; `otherwise`: the columns of the keys that
// `columns` does not name.
CsvPoints ParseCsvPoints(std::string_view bytes,
                         std::string_view name,
                         std::string_view columns,
                         const std::vector<std::string>& where,
                         const CsvColumns& otherwise = {});

}  // namespace saelaw
