// The queue that LibTorch's own operations go to.
#pragma once

#include <c10/core/Device.h>

namespace saelaw {

// A cudaStream_t; null for the CPU.
void* CurrentStream(c10::Device device);

}  // namespace saelaw
