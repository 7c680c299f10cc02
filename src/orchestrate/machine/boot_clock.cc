#include "orchestrate/machine/boot_clock.h"

#include <ctime>

namespace saelaw {

std::chrono::steady_clock::time_point BootNow() {
  std::timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::steady_clock::time_point(std::chrono::seconds(now.tv_sec) +
                                               std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace saelaw
