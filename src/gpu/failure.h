// Failures behind the border of the CUDA library: exceptions that never cross it. Plain C++.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>

#include "gpu/code.h"

namespace saelaw::gpu {

struct Failure : std::runtime_error {
  Failure(SaelawGpuCode failure_code, const std::string& what)
      : std::runtime_error(what), code(failure_code) {}
  SaelawGpuCode code;
};

// What went wrong last in this thread.
inline std::string& LastFailure() {
  thread_local std::string failure;
  return failure;
}

// What `work` throws becomes a code.
template <typename Work>
std::int32_t Guarded(Work work) {
  try {
    work();
    return kSaelawGpuOk;
  } catch (const Failure& failure) {
    LastFailure() = failure.what();
    return failure.code;
  } catch (const std::exception& failure) {
    LastFailure() = failure.what();
    return kSaelawGpuFailed;
  }
}

}  // namespace saelaw::gpu
