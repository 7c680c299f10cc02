// How work is cut for a launch. Plain C++.
#pragma once

#include <cstdint>

namespace saelaw::gpu {

// Blocks of a launch.
struct Grid {
  int x = 1, y = 1;
};

constexpr std::int64_t PaddedTo(std::int64_t count, std::int64_t unit) {
  return (count + unit - 1) / unit * unit;
}
constexpr int CountParts(std::int64_t count, std::int64_t unit) {
  return static_cast<int>((count + unit - 1) / unit);
}

}  // namespace saelaw::gpu
