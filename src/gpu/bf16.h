// bf16 as device code stores it, and the width in which rows of it are read.
#pragma once

#include <cstdint>

namespace saelaw::gpu {

// The upper half of an fp32, rounded to nearest even.
struct Bf16 {
  std::uint16_t bits;
};
// Rows are read in eights.
constexpr int kEight = 8;

}  // namespace saelaw::gpu
