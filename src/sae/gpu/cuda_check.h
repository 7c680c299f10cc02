// Failures inside the library: exceptions that never leave it.
#pragma once

#include <stdexcept>
#include <string>

#include <cuda_runtime.h>

#include "sae/gpu/table.h"

namespace saelaw::gpu {

struct Failure : std::runtime_error {
  Failure(SaelawGpuCode failure_code, const std::string& what)
      : std::runtime_error(what), code(failure_code) {}
  SaelawGpuCode code;
};

inline void Check(cudaError_t error, const char* doing) {
  if (error == cudaSuccess) return;
  throw Failure(kSaelawGpuFailed, std::string(doing) + ": " + cudaGetErrorString(error));
}

}  // namespace saelaw::gpu
