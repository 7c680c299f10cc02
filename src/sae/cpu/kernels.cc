#include "sae/cpu/kernels.h"

#include <algorithm>

namespace saelaw {
namespace {

constexpr std::size_t kKiB = 1024;
// AMX reads its weights so fast that the batch, passed once for each block of latents, must be
// passed rarely; without it blocks may fit a cache of 1 MiB with room to spare.
constexpr std::size_t kAmxBytes = 1024 * kKiB;
constexpr std::size_t kAvx512Bytes = 344 * kKiB;
// Numbers of one of LibTorch's products.
constexpr std::size_t kBlockProducts = std::size_t{1} << 21;

bool HasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool HasAvx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
bool HasAmx() {
  static const bool allowed = __builtin_cpu_supports("amx-bf16") && AllowAmx();
  return allowed;
}

}  // namespace

bool CpuCanRun(StepPath path) {
  switch (path) {
    case StepPath::kAvx2:
      return HasAvx2();
    case StepPath::kAvx512:
      return HasAvx2() && HasAvx512();
    case StepPath::kAvx512Bf16:
      return HasAvx512() && __builtin_cpu_supports("avx512bf16");
    case StepPath::kAmx:
      return CpuCanRun(StepPath::kAvx512Bf16) && HasAmx();
    default:
      return false;
  }
}

template <typename T>
CpuKernels<T> CpuKernelsOf(StepPath path) {
  CpuKernels<T> kernels;
  kernels.rows = path == StepPath::kAvx2 ? &RowKernelsAvx2<T>() : &RowKernelsAvx512<T>();
  if (!std::is_same_v<T, Bf16>) return kernels;
  if (path == StepPath::kAvx512Bf16) {
    kernels.screen = ScreenAvx512Bf16;
    kernels.encode = EncodeAvx512Bf16;
    kernels.screen_bytes = kAvx512Bytes;
  }
  if (path == StepPath::kAmx && HasAmx()) {  // asks the system, which must be before the first tile
    kernels.screen = ScreenAmx;
    kernels.encode = EncodeAmx;
    kernels.screen_bytes = kAmxBytes;
  }
  return kernels;
}
template CpuKernels<float> CpuKernelsOf<float>(StepPath path);
template CpuKernels<Bf16> CpuKernelsOf<Bf16>(StepPath path);

template <typename T>
std::size_t BlockLatents(const CpuKernels<T>& kernels,
                         std::size_t stride,
                         std::size_t tokens,
                         std::size_t d_sae) {
  constexpr std::size_t kUnit = 32;
  const std::size_t fitting = kernels.screen != nullptr
                                  ? kernels.screen_bytes / (stride * sizeof(Bf16))
                                  : kBlockProducts / tokens;
  // Enough blocks for the threads to share.
  const std::size_t shared = PaddedTo((d_sae + 15) / 16, kUnit);
  return std::clamp(std::min(fitting / kUnit * kUnit, shared), kUnit, kScreenLatents);
}
template std::size_t BlockLatents(const CpuKernels<float>&, std::size_t, std::size_t, std::size_t);
template std::size_t BlockLatents(const CpuKernels<Bf16>&, std::size_t, std::size_t, std::size_t);

}  // namespace saelaw
