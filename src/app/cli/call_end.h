// When a call is to end, as its user says it: --until 08:00, --for 8h.
#pragma once

#include <ctime>
#include <optional>
#include <string>

#include "orchestrate/loop/wall_budget.h"

namespace saelaw {

// The seconds of the clock at the next local HH:MM after `now`, or at "YYYY-MM-DD HH:MM". Right
// across a change to or from summer time; a time that the change leaves out is that much later.
// Throws UsageError for other texts and for a time that has passed.
std::time_t NextLocal(const std::string& text, std::time_t now);

// Of either flag; empty: it was not given. Turned once into a time of BootNow(), so that setting
// the clock moves nothing and a suspend counts. Throws UsageError for both at once, for a time
// without a unit and for what is neither.
std::optional<CallEnd> EndOfCall(const std::string& until_text, const std::string& for_text);

}  // namespace saelaw
