// What CUDA refuses, as a failure.
#pragma once

#include <string>

#include <cuda_runtime.h>

#include "gpu/failure.h"

namespace saelaw::gpu {

inline void Check(cudaError_t error, const char* doing) {
  if (error == cudaSuccess) return;
  throw Failure(kSaelawGpuFailed, std::string(doing) + ": " + cudaGetErrorString(error));
}

}  // namespace saelaw::gpu
