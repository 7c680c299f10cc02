// Whether there is text enough for every run of a sweep, since data is never repeated.
#pragma once

#include <string>

#include "orchestrate/data/identify_data.h"
#include "sweep/sweep.h"

namespace saelaw {

// Throws ConfigurationError for a run that the text is too short for (where the count is an
// estimate, that is a warning too), and returns a warning (or nothing) for the target.
std::string CheckTokens(const Sweep& sweep, const DataCount& data);

}  // namespace saelaw
