// LibTorch's CUDA part is not linked but opened when a job asks for a GPU. The order matters: the
// environment is set and the version checked before LibTorch's CUDA part is opened, and the device
// is asked for only after that.
#include "app/trainer/cuda_library.h"

#include <cstdlib>
#include <filesystem>

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>
#include <torch/headeronly/version.h>

#include "core/errors.h"
#include "core/machine.h"
#include "llm/gpu_kernels.h"
#include "sae/gpu/gpu_library.h"

namespace saelaw {
namespace {

constexpr const char* kLibrary = "libtorch_cuda.so";

// cuBLAS is deterministic only with a workspace of its own for each stream. It reads this variable
// when it is first used; what the user has set stays.
void MakeCublasDeterministic() { ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0); }

void OpenTorch(const std::string& device) {
  if (::dlopen(kLibrary, RTLD_NOW | RTLD_GLOBAL) != nullptr) return;
  throw ConfigurationError(
      fmt::format("device {}: {} cannot be opened ({}); install the full PyPI package torch "
                  "with its nvidia-* packages, or use device cpu",
                  device,
                  kLibrary,
                  ::dlerror()));
}

void CheckDevice(const std::string& device) {
  const int present = at::hasCUDA() ? at::detail::getCUDAHooks().getNumGPUs() : 0;
  // In "cuda:N" the number begins behind five characters; "cuda" alone is the first device.
  const int wanted = device.size() > 5 ? std::atoi(device.c_str() + 5) : 0;
  if (wanted >= present) {
    throw ConfigurationError(fmt::format(
        "device {}: this machine has {} usable CUDA device(s); use device cpu", device, present));
  }
}

// The three highest bytes are the major, the minor and the patch version.
std::string VersionText(std::uint64_t abi) {
  return fmt::format("{}.{}.{}", abi >> 56, abi >> 48 & 0xFF, abi >> 40 & 0xFF);
}

}  // namespace

void CheckTorchVersion(std::uint64_t running) {
  if (running >> 40 == std::uint64_t{TORCH_ABI_VERSION} >> 40) return;
  throw ConfigurationError(
      fmt::format("torch {} is installed, this trainer was built against {}: install torch=={}",
                  VersionText(running),
                  TORCH_VERSION,
                  TORCH_VERSION));
}

void OpenDevice(const std::string& device,
                bool reference,
                const std::function<void(const std::string&)>& note) {
  if (!device.starts_with("cuda")) return;
  MakeCublasDeterministic();
  CheckTorchVersion(::aoti_torch_abi_version());
  OpenTorch(device);
  CheckDevice(device);
  // LibTorch's own operations need nothing more.
  if (reference) return;
  std::error_code unreadable;
  const std::filesystem::path library =
      // The library is looked for by where the program itself is, and not by a link that leads to
      // it.
      FindGpuLibrary(std::filesystem::read_symlink("/proc/self/exe", unreadable));
  if (std::filesystem::exists(library, unreadable)) {
    OpenGpuLibrary(library.string());
    OpenLlamaKernels(library.string());
    return;
  }
  // The results can be had without our library, only later, so its lack is no error.
  note(fmt::format(
      "{} is not there: steps are taken by LibTorch's operations, several times slower; "
      "build it with the preset cuda",
      library.string()));
}

DeviceMemory QueryMemory(const std::string& device) {
  const at::Device of(device);
  if (of.is_cpu()) return {};
  // The allocator can be asked only once the device is initialised.
  at::globalContext().lazyInitDevice(of.type());
  const at::DeviceIndex index = of.has_index() ? of.index() : at::DeviceIndex{0};
  const auto [free, total] = c10::getDeviceAllocator(of.type())->getMemoryInfo(index);
  return {static_cast<double>(total), static_cast<double>(free)};
}

}  // namespace saelaw
