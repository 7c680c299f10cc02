// What the charts of the HTML report draw; for report/'s .cc files alone.
#pragma once

#include <nlohmann/json.hpp>

#include "report/report.h"

namespace saelaw::html {

// {"loss": {...}, "lr": {...}, "sweeps": [...]}: measured points, the laws evaluated over the range
// from the smallest run to the target, and where the fitted range ends.
nlohmann::ordered_json Series(const Report& report);

}  // namespace saelaw::html
