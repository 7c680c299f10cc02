#include "orchestrate/machine/boot_clock.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(BootNow, NeverStandsBehindTheSteadyClock) {
  // On Linux steady_clock is CLOCK_MONOTONIC, which lacks the time of suspends alone.
  const auto steady = std::chrono::steady_clock::now();
  EXPECT_GE(BootNow(), steady);
  const auto first = BootNow();
  EXPECT_GE(BootNow(), first);
}

}  // namespace
}  // namespace saelaw
