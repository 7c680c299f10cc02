// The parts of a study that a run can belong to.
#pragma once

#include <string_view>

namespace saelaw {

enum class Stage { kLossLaw, kLrLaw, kHoldOut, kExtra };
std::string_view Name(Stage stage);  // loss-law, lr-law, hold-out, extra. Stored: do not change

}  // namespace saelaw
