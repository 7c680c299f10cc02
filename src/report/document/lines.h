// Numbers with their intervals as spans that know their place in the JSON.
#pragma once

#include <string>

#include "fit/fit.h"
#include "report/document/document.h"

namespace saelaw::document {

// "95 % interval 0.376 to 0.389"; "no interval" when unknown. `level` as in LawFit.
Line IntervalClause(const Interval& interval, const std::string& pointer, double level = 0.95);
// "0.382 (95 % interval 0.376 to 0.389)"; "-" when the value is unknown.
Line Estimated(double value,
               const Interval& interval,
               const std::string& value_pointer,
               const std::string& interval_pointer);
// Puts `more` behind what `line` has.
void Extend(Line& line, Line more);

}  // namespace saelaw::document
