// Steps of a JumpReLU SAE on the CPU by own kernels.
#pragma once

#include <vector>

#include "sae/model/acceleration.h"

namespace saelaw {

// One for each set of instructions, the fastest first.
std::vector<Acceleration> CpuAccelerations();

}  // namespace saelaw
