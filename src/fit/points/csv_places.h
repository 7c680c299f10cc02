// A table of places at which a law is to predict: `saelaw fit --predict-csv FILE`.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fit/points/point.h"

namespace saelaw {

// What predictions add to the rows. A table that has such a column already is refused.
inline constexpr std::string_view kPredictionColumns[] = {"prediction", "lo", "hi", "note"};

struct CsvPlaces {
  std::vector<std::string> header;             // as the table has it
  std::vector<std::vector<std::string>> rows;  // [rows][header], likewise
  std::vector<Point> at;                       // [rows] a quantity that a row lacks is NaN
};

// `columns` as `--columns` has it for the table of runs (fit/points/csv_columns.h,
// FindPlaceColumns). Throws ConfigurationError `name:line:column: ...` as ParseCsvPoints does, and
// for a quantity that is not above 0.
CsvPlaces ParseCsvPlaces(std::string_view bytes, std::string_view name, std::string_view columns);
// The same of a file ("-": stdin). Throws IoError when it cannot be read.
CsvPlaces ReadCsvPlaces(const std::filesystem::path& path, std::string_view columns);

}  // namespace saelaw
