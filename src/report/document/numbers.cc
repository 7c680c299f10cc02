// How many digits a person is shown is decided here. What is not known is NaN in all of saelaw, and
// is shown as "-".
#include "report/document/numbers.h"

#include <cmath>

#include <fmt/format.h>

#include "core/quantities.h"

namespace saelaw {

std::string NumberText(double value, int digits) {
  if (std::isnan(value)) return "-";
  return fmt::format("{:.{}g}", value, digits);
}

std::string IntervalText(const Interval& interval, int digits) {
  // One end may be infinite: then the data gives a bound and no more.
  const bool below = std::isfinite(interval.lo);
  const bool above = std::isfinite(interval.hi);
  if (below && above)
    return NumberText(interval.lo, digits) + " to " + NumberText(interval.hi, digits);
  if (below) return "at least " + NumberText(interval.lo, digits);
  if (above) return "at most " + NumberText(interval.hi, digits);
  return "-";
}

std::string InsideText(bool inside, const Interval& interval) {
  if (!interval.known()) return "-";
  // Capitals are seen in a column of "yes", also without colours.
  return inside ? "yes" : "NO";
}

std::string LevelText(double level) { return fmt::format("{:.4g} %", 100 * level); }

std::string PercentText(double fraction, int digits) {
  // "120 %", not "1.2e+02 %".
  const double percent = 100 * fraction;
  if (std::abs(percent) >= 99.5 && std::isfinite(percent)) return fmt::format("{:.0f} %", percent);
  return NumberText(percent, digits) + " %";
}

std::string DifferenceText(double fraction) { return fmt::format("{:+.2f} %", 100 * fraction); }

std::string HoursText(double hours) {
  return std::isnan(hours) ? "-" : FormatSeconds(3600 * hours);
}

std::string CountText(double count, int digits) {
  return std::isnan(count) ? "-" : FormatCount(count, digits);
}

std::string RunsText(double runs) {
  return fmt::format("{:.0f} run{}", runs, runs == 1 ? "" : "s");
}

// Control characters could move a terminal's cursor or end a line. All bytes of a UTF-8 character
// beyond ASCII are above 0x7f, so they stay.
std::string Plain(std::string_view text) {
  std::string plain(text);
  for (char& c : plain) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = ' ';
  }
  return plain;
}

}  // namespace saelaw
