// Starts kernels on a stream. For nvcc; the tests' emulator has a class of the same shape.
#pragma once

#include <cstddef>

#include "gpu/cuda_check.h"
#include "gpu/grid.h"

namespace saelaw::gpu {

class Launcher {
 public:
  explicit Launcher(cudaStream_t stream) : stream_(stream) {}

  template <typename... Parameters, typename... Arguments>
  void Launch(void (*kernel)(Parameters...),
              Grid grid,
              int threads,
              std::size_t shared_bytes,
              const Arguments&... arguments) {
    const auto blocks = dim3(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y));
    kernel<<<blocks, threads, shared_bytes, stream_>>>(arguments...);
    Check(cudaGetLastError(), "starting a kernel");
  }

 protected:
  cudaStream_t stream() const { return stream_; }

 private:
  cudaStream_t stream_;
};

}  // namespace saelaw::gpu
