// A value is said with its interval in one wording everywhere. The wording is made here, so that
// the text is the same for all renderers.
#include "report/document/lines.h"

#include <cmath>
#include <iterator>

#include "report/document/numbers.h"

namespace saelaw::document {

void Extend(Line& line, Line more) {
  line.insert(
      line.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Line IntervalClause(const Interval& interval, const std::string& pointer, double level) {
  std::string text = IntervalText(interval);
  if (text == "-") return {"no interval"};
  return {LevelText(level) + " interval ", {std::move(text), pointer}};
}

Line Estimated(double value,
               const Interval& interval,
               const std::string& value_pointer,
               const std::string& interval_pointer) {
  // An unknown value has no interval to speak of.
  if (std::isnan(value)) return {{"-", value_pointer}};
  Line line{{NumberText(value), value_pointer}, " ("};
  Extend(line, IntervalClause(interval, interval_pointer));
  line.emplace_back(")");
  return line;
}

}  // namespace saelaw::document
