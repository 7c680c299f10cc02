// The time as people read it.
#pragma once

#include <string>

namespace saelaw {

// Now, local, with the offset that makes it unambiguous: "2026-01-02 07:30:00 +0100".
std::string LocalTime();

}  // namespace saelaw
