#include "app/trainer/cuda_library.h"

#include <cstdlib>

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include "run/errors.h"

namespace saelaw {
namespace {

constexpr const char* kLibrary = "libtorch_cuda.so";

// cuBLAS is deterministic only with a workspace of its own for each stream.
void MakeCublasDeterministic() { ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0); }

}  // namespace

void OpenDevice(const std::string& device) {
  if (!device.starts_with("cuda")) return;
  MakeCublasDeterministic();
  if (::dlopen(kLibrary, RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    throw ConfigurationError(
        fmt::format("device {}: {} cannot be opened ({}); install the full PyPI package torch "
                    "with its nvidia-* packages, or use device cpu",
                    device,
                    kLibrary,
                    ::dlerror()));
  }
  const int present = at::hasCUDA() ? at::detail::getCUDAHooks().getNumGPUs() : 0;
  const int wanted = device.size() > 5 ? std::atoi(device.c_str() + 5) : 0;
  if (wanted >= present) {
    throw ConfigurationError(fmt::format(
        "device {}: this machine has {} usable CUDA device(s); use device cpu", device, present));
  }
}

}  // namespace saelaw
