// Time that passes on this machine whatever is done to its clock, suspend included.
#pragma once

#include <chrono>

namespace saelaw {

// CLOCK_BOOTTIME as a point of steady_clock's type; not to be mixed with steady_clock::now(), which
// stands still while the machine is suspended.
std::chrono::steady_clock::time_point BootNow();

}  // namespace saelaw
