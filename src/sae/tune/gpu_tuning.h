// Which of cuBLASLt's algorithms is the fastest for each product of a step, by trying them.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "jobs/tuning.h"
#include "sae/gpu/gpu_library.h"

namespace saelaw {

// For each product its algorithm's place in cuBLASLt's list: the least of the best of a few times,
// the first of equals. An algorithm that the device refuses is passed over. Throws
// ConfigurationError when it refuses all of a product. The memory for it is taken on `device`, the
// current one.
std::vector<int> FastestAlgorithms(const SaelawGpuTable& table,
                                   std::int64_t d_in,
                                   const StepShape& shape,
                                   at::Device device);

// As a stepper takes them: those measured for the shape, else the first of each list.
std::array<std::int32_t, kSaelawGpuProducts> FindGpuAlgorithms(const StepTuning& tuning,
                                                               const StepShape& shape);

}  // namespace saelaw
