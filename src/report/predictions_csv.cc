#include "report/predictions_csv.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"
#include "report/csv.h"
#include "report/document/numbers.h"
#include "report/tables/fit_words.h"

namespace saelaw {
namespace {

std::string Cell(double value) { return std::isfinite(value) ? FormatExact(value) : std::string(); }

std::string Line(const std::vector<std::string>& cells) {
  return fmt::format("{}\n", fmt::join(cells, ","));
}

std::string Note(const Foretold& told) {
  if (told.refusal) return WarningText(*told.refusal);
  std::vector<std::string> notes;
  // The largest run itself is not beyond the points, whatever its last digit.
  constexpr double kRounding = 1 + 1e-9;
  if (told.prediction.extrapolation > kRounding) {
    notes.push_back(fmt::format("beyond the points by factor {}",
                                NumberText(told.prediction.extrapolation, 3)));
  }
  if (told.doubt) notes.push_back(WarningText(*told.doubt));
  return fmt::format("{}", fmt::join(notes, "; "));
}

void AddCells(const Foretold& told, std::vector<std::string>& cells) {
  const Prediction& prediction = told.prediction;
  const Interval& interval =
      prediction.prediction.known() ? prediction.prediction : prediction.confidence;
  cells.push_back(Cell(prediction.value));
  cells.push_back(Cell(interval.lo));
  cells.push_back(Cell(interval.hi));
  cells.push_back(CsvCell(Note(told)));
}

}  // namespace

std::string PredictionsCsv(const CsvPlaces& places, const std::vector<Foretold>& told) {
  std::vector<std::string> heads;
  for (const std::string& name : places.header) heads.push_back(CsvCell(name));
  heads.insert(heads.end(), std::begin(kPredictionColumns), std::end(kPredictionColumns));
  std::string csv = Line(heads);
  for (std::size_t i = 0; i < told.size(); ++i) {
    std::vector<std::string> cells;
    for (const std::string& text : places.rows[i]) cells.push_back(CsvCell(text));
    AddCells(told[i], cells);
    csv += Line(cells);
  }
  return csv;
}

}  // namespace saelaw
