// What a law says of a table of places, as that table with more columns.
#pragma once

#include <string>
#include <vector>

#include "fit/fit.h"

namespace saelaw {

// The rows of `places` as they are, separated by commas, then prediction, lo, hi and note. The
// interval is that of one new run or, of what no run shows (a split of compute), of the law. A cell
// is empty where a number is unknown or without bound. The note says why there is no prediction,
// and otherwise how far beyond the points it lies and what makes it doubtful. `told` has a row for
// each, or none, where there is no law.
std::string PredictionsCsv(const CsvPlaces& places, const std::vector<Foretold>& told);

}  // namespace saelaw
