// What a function of the CUDA library returns. Plain C, as it crosses the border between the
// trainer and the library.
#pragma once

#include <cstdint>

extern "C" {

// `last_error` of the same table says it in words.
enum SaelawGpuCode : std::int32_t {
  kSaelawGpuOk = 0,
  kSaelawGpuFailed = 1,       // CUDA or cuBLASLt refused
  kSaelawGpuUnsupported = 2,  // this device, or these sizes, cannot be done
};

}  // extern "C"
