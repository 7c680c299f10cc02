// Numbers and intervals as text for people: few digits, always with the interval that belongs to
// them, and a dash where a number is unknown.
#pragma once

#include <string>
#include <string_view>

#include "fit/fit.h"

namespace saelaw {

// At most `digits` significant digits; "-" when unknown (NaN). 0.00412, 7e-05, 1.25e+18.
std::string NumberText(double value, int digits = 4);
// "0.376 to 0.389"; "at least 0.004" or "at most ..." when one side is open; "-" when unknown.
std::string IntervalText(const Interval& interval, int digits = 4);
// "95 %".
std::string LevelText(double level);
// "4.2 %"; "+0.40 %" of a difference.
std::string PercentText(double fraction, int digits = 2);
std::string DifferenceText(double fraction);
// Whether what was measured lies in the interval: "yes" or "NO"; "-" where there is no interval.
std::string InsideText(bool inside, const Interval& interval);
// Hours as "5.7 h", "35 min", "12.5 d"; "-" when unknown.
std::string HoursText(double hours);
// Tokens and other counts: "2.1B"; "-" when unknown.
std::string CountText(double count, int digits = 4);

// "1 run", "12 runs".
std::string RunsText(double runs);

// User text on one line that cannot drive a terminal: control characters become spaces.
std::string Plain(std::string_view text);

}  // namespace saelaw
