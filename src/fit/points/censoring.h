// Why the best of the rates (or sizes) that were tried at a scale is not its optimum.
#pragma once

#include <string_view>

namespace saelaw {

// Names stored: do not change.
enum class Censoring { kNone, kGridLow, kGridHigh, kCliff, kNoSurvivor };
std::string_view Name(Censoring censoring);  // none, grid-low, grid-high, cliff, no-survivor

}  // namespace saelaw
