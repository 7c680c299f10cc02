// One row of a table as a point, whatever table it is of.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fit/points/csv_columns.h"
#include "fit/points/csv_lines.h"
#include "fit/points/point.h"

namespace saelaw {

// The bytes of a table, and what messages call it.
struct CsvFile {
  std::string bytes;
  std::string name;
};
// "-": stdin. Throws IoError when it cannot be read.
CsvFile ReadCsvFile(const std::filesystem::path& path);

// Throws ConfigurationError for a row with more or fewer fields than the header has.
void CheckWidth(const CsvLines& lines, const std::vector<CsvField>& fields);

// Reads the row that `lines` has given last; both arguments must outlive it.
class CsvRowReader {
 public:
  CsvRowReader(const CsvLines& lines, const CsvLayout& layout) : lines_(lines), layout_(layout) {}

  // `fields` has as many entries as the header. What the table lacks is unknown (NaN). Throws
  // ConfigurationError with the place of a field that is no number.
  Point Read(const std::vector<CsvField>& fields) const;
  // Null when the table has no such column.
  const CsvField* At(const std::vector<CsvField>& fields, CsvKey key) const;
  // A point that knows where it came from, and nothing else.
  Point Place() const;

 private:
  const CsvLines& lines_;
  const CsvLayout& layout_;
};

}  // namespace saelaw
