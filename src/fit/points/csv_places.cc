// Rows are kept as they are, since whoever asks wants them back with the predictions beside them.
#include "fit/points/csv_places.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "core/errors.h"
#include "fit/points/csv_columns.h"
#include "fit/points/csv_lines.h"
#include "fit/points/csv_row.h"
#include "fit/points/csv_text.h"
#include "fit/points/variable.h"

namespace saelaw {
namespace {

struct PlaceKey {
  CsvKey key;
  Variable variable;
};
constexpr PlaceKey kPlaceKeys[] = {{kTokensKey, Variable::kTokens},
                                   {kParamsKey, Variable::kParams},
                                   {kLrKey, Variable::kLr},
                                   {kBatchKey, Variable::kBatch},
                                   {kComputeKey, Variable::kCompute}};

// The columns that are added would otherwise stand in the table twice.
void CheckNames(const CsvLines& lines) {
  for (const CsvField& field : lines.header()) {
    const auto taken = std::find(
        std::begin(kPredictionColumns), std::end(kPredictionColumns), Stripped(field.text));
    if (taken == std::end(kPredictionColumns)) continue;
    throw ConfigurationError(
        fmt::format("{}: a column '{}' is there already, which predictions are written to: give it "
                    "another name",
                    lines.Place(field),
                    *taken));
  }
}

// Laws are of logarithms; what is missing is told with the prediction that needs it.
void CheckPositive(const CsvLines& lines,
                   const CsvRowReader& reader,
                   const std::vector<CsvField>& fields,
                   const Point& at) {
  for (const auto& [key, variable] : kPlaceKeys) {
    const double value = Get(at, variable);
    if (std::isnan(value) || (value > 0 && std::isfinite(value))) continue;
    const CsvField& field = *reader.At(fields, key);
    throw ConfigurationError(fmt::format("{}: {} must be above 0 and finite, got '{}'",
                                         lines.Place(field),
                                         Name(variable),
                                         Shown(field.text)));
  }
}

}  // namespace

CsvPlaces ParseCsvPlaces(std::string_view bytes, std::string_view name, std::string_view columns) {
  const std::string text = CsvText(bytes, name);
  CsvLines lines(text, name);
  CheckNames(lines);
  // The text may name columns of the table of runs that are not here, so this header is no help in
  // reading it.
  const CsvLayout layout = FindPlaceColumns(lines, ParseCsvColumns(columns));
  const CsvRowReader reader(lines, layout);
  CsvPlaces places;
  for (const CsvField& field : lines.header()) places.header.push_back(field.text);
  for (std::vector<CsvField> fields; lines.Next(fields);) {
    CheckWidth(lines, fields);
    places.at.push_back(reader.Read(fields));
    CheckPositive(lines, reader, fields, places.at.back());
    std::vector<std::string>& row = places.rows.emplace_back();
    for (const CsvField& field : fields) row.push_back(field.text);
  }
  return places;
}

CsvPlaces ReadCsvPlaces(const std::filesystem::path& path, std::string_view columns) {
  const CsvFile file = ReadCsvFile(path);
  return ParseCsvPlaces(file.bytes, file.name, columns);
}

}  // namespace saelaw
