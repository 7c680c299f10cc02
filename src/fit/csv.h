// Anyone's table of results as points: `saelaw fit --csv FILE --columns tokens=D,loss=loss`.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fit/law_fit.h"

namespace saelaw {

// Which column of the file holds what; empty: not in the file. Only `loss` must be there.
struct CsvColumns {
  std::string tokens, params, lr, batch, sd, seed, stream, status, loss, compute, origin;
};

// "tokens=D,params=N,loss=loss". Throws UsageError naming the allowed keys.
CsvColumns ParseCsvColumns(std::string_view text);

struct CsvPoints {
  std::vector<Point>
      points;  // completed runs; a missing or nan loss is NaN. `row`: the file's line
  std::vector<Point> failed;          // runs whose status is diverged, collapsed or failed
  std::vector<DroppedPoint> dropped;  // of any other status but done, completed, complete, ok
};

// A header line, then one run per line; separated by comma, semicolon or tab (whichever the header
// has), fields may be quoted. With all of `columns` empty, columns are taken by their own names
// (tokens, params, ..., loss) where the file has them.
// Throws ConfigurationError `name:line:column: ...` for a missing column, a field that is not a
// number (decimal commas are recognised), a line with too many or too few fields.
CsvPoints ParseCsvPoints(std::string_view text, std::string_view name, CsvColumns columns);

// The same of a file. Throws IoError when it cannot be read.
CsvPoints ReadCsvPoints(const std::filesystem::path& path, const CsvColumns& columns);

}  // namespace saelaw
