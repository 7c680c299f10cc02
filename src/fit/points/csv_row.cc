#include "fit/points/csv_row.h"

#include <iostream>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/files.h"
#include "fit/points/clusters.h"
#include "fit/points/csv_number.h"
#include "fit/points/csv_text.h"

namespace saelaw {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Reads a number, or NaN for a missing value. Whole quantities may have their thousands grouped,
// because people write them so; losses and rates are never so large.
double Number(const CsvLines& lines, const CsvField& field, bool grouped) {
  if (MeansMissing(field.text)) return kNan;
  if (const auto value = CsvNumber(field.text, grouped)) return *value;
  throw ConfigurationError(fmt::format("{}: {}", lines.Place(field), WhyNoNumber(field.text)));
}

// A name that is no number is a name all the same; only a broken number is refused.
std::int64_t NameNumber(const CsvLines& lines, const CsvField& field) {
  if (const auto name = CsvName(field.text)) return *name;
  throw ConfigurationError(
      fmt::format("{}: a seed or stream must be a whole number or a name, got '{}'",
                  lines.Place(field),
                  Shown(field.text)));
}

}  // namespace

CsvFile ReadCsvFile(const std::filesystem::path& path) {
  if (path != "-") return {ReadFile(path), path.string()};
  CsvFile file{{std::istreambuf_iterator<char>(std::cin), {}}, "stdin"};
  if (std::cin.bad()) throw IoError("stdin cannot be read");
  return file;
}

void CheckWidth(const CsvLines& lines, const std::vector<CsvField>& fields) {
  const std::size_t wanted = lines.header().size();
  if (fields.size() == wanted) return;
  // Too many fields in a table with commas are most often decimal commas, so the message says so.
  const bool comma = lines.separator() == ',' && fields.size() > wanted;
  throw ConfigurationError(
      fmt::format("{}: {} fields where the header has {} (row {} of the data){}",
                  lines.Place(fields.back()),
                  fields.size(),
                  wanted,
                  lines.row(),
                  comma ? "; decimals are written with a point, thousands not grouped by commas "
                          "outside of quotes"
                        : ""));
}

Point CsvRowReader::Read(const std::vector<CsvField>& fields) const {
  Point point = Place();
  // A column that the table lacks leaves the point's value as it is, which is NaN for unknown.
  const auto number = [&](CsvKey key, bool grouped, double& value) {
    if (const CsvField* field = At(fields, key)) value = Number(lines_, *field, grouped);
  };
  number(kTokensKey, true, point.tokens);
  number(kParamsKey, true, point.params);
  number(kLrKey, false, point.lr);
  number(kBatchKey, true, point.batch);
  number(kSdKey, false, point.sd);
  number(kLossKey, false, point.loss);
  number(kComputeKey, true, point.compute);
  number(kL0Key, true, point.l0);
  if (const CsvField* field = At(fields, kSeedKey)) point.seed = NameNumber(lines_, *field);
  if (const CsvField* field = At(fields, kStreamKey)) point.stream = NameNumber(lines_, *field);
  // A missing origin means that the run shares its beginning with no other.
  if (const CsvField* field = At(fields, kOriginKey)) {
    point.origin = MeansMissing(field->text) ? 0 : OriginNumber(field->text);
  }
  return point;
}

const CsvField* CsvRowReader::At(const std::vector<CsvField>& fields, CsvKey key) const {
  return layout_.at[key] == CsvLayout::kAbsent ? nullptr : &fields[layout_.at[key]];
}

Point CsvRowReader::Place() const {
  Point point;
  point.row = static_cast<std::int64_t>(lines_.line());
  return point;
}

}  // namespace saelaw
