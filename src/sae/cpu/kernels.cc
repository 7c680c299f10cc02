// The list of instruction sets, each made from the one below it by what it adds. The sizes of
// blocks stand here as well, because they depend on how fast each set reads its weights.
#include "sae/cpu/kernels.h"

#include <algorithm>

namespace saelaw {
namespace {

constexpr std::size_t kKiB = 1024;
// AMX reads its weights so fast that the batch, passed once for each block of latents, must be
// passed rarely; without it blocks may fit a cache of 1 MiB with room to spare.
constexpr std::size_t kAmxBytes = 1024 * kKiB;
constexpr std::size_t kAvx512Bytes = 344 * kKiB;
// The numbers that one product of LibTorch makes, where there is no screen: 8 MiB in fp32.
constexpr std::size_t kBlockProducts = std::size_t{1} << 21;

// AVX2 here means FMA as well, because the kernels are compiled with both.
bool HasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool HasAvx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
// The operating system must be asked for AMX, because its registers make a thread's state larger.
// It is asked once, and its answer kept.
bool HasAmx() {
  static const bool allowed = __builtin_cpu_supports("amx-bf16") && AllowAmx();
  return allowed;
}

bool HasAvx512Bf16() { return HasAvx512() && __builtin_cpu_supports("avx512bf16"); }

CpuInstructions Avx2() {
  CpuInstructions avx2;
  avx2.name = "avx2";
  avx2.are_here = HasAvx2;
  avx2.rows_of_fp32 = RowKernelsAvx2<float>;
  avx2.rows_of_bf16 = RowKernelsAvx2<Bf16>;
  return avx2;
}

// The row kernels are the same code, compiled for registers of twice the width.
CpuInstructions Avx512() {
  CpuInstructions avx512;
  avx512.name = "avx512";
  avx512.are_here = [] { return HasAvx2() && HasAvx512(); };
  avx512.rows_of_fp32 = RowKernelsAvx512<float>;
  avx512.rows_of_bf16 = RowKernelsAvx512<Bf16>;
  return avx512;
}

// From here on the CPU multiplies bf16, so the encoder's product can be fused with the threshold.
CpuInstructions Avx512Bf16() {
  CpuInstructions bf16 = Avx512();
  bf16.name = "avx512_bf16";
  bf16.are_here = HasAvx512Bf16;
  bf16.multiply_bf16 = true;
  bf16.screen = ScreenAvx512Bf16;
  bf16.encode = EncodeAvx512Bf16;
  bf16.screen_bytes = kAvx512Bytes;
  return bf16;
}

// The same again, with the product done in the tile registers.
CpuInstructions Amx() {
  CpuInstructions amx = Avx512Bf16();
  amx.name = "amx";
  amx.are_here = [] { return HasAvx512Bf16() && HasAmx(); };
  amx.screen = ScreenAmx;
  amx.encode = EncodeAmx;
  amx.screen_bytes = kAmxBytes;
  return amx;
}

}  // namespace

const std::vector<CpuInstructions>& AllCpuInstructions() {
  // The order decides which path is taken by default: the first that is here.
  static const std::vector<CpuInstructions> all = {Amx(), Avx512Bf16(), Avx512(), Avx2()};
  return all;
}

// Operands in fp32 have no screen: the fused product exists for bf16 alone.
template <>
CpuKernels<float> FindCpuKernels<float>(const CpuInstructions& instructions) {
  CpuKernels<float> kernels;
  kernels.rows = &instructions.rows_of_fp32();
  return kernels;
}
template <>
CpuKernels<Bf16> FindCpuKernels<Bf16>(const CpuInstructions& instructions) {
  return {&instructions.rows_of_bf16(),
          instructions.screen,
          instructions.encode,
          instructions.screen_bytes};
}

template <typename T>
std::size_t BlockLatents(const CpuKernels<T>& kernels,
                         std::size_t stride,
                         std::size_t tokens,
                         std::size_t d_sae) {
  // The screen takes latents 32 at a time, so blocks are whole multiples of that.
  constexpr std::size_t kUnit = 32;
  const std::size_t fitting = kernels.screen != nullptr
                                  ? kernels.screen_bytes / (stride * sizeof(Bf16))
                                  : kBlockProducts / tokens;
  // There should be about 16 blocks at least, so that the threads find enough to share.
  const std::size_t shared = PaddedTo((d_sae + 15) / 16, kUnit);
  return std::clamp(std::min(fitting / kUnit * kUnit, shared), kUnit, kScreenLatents);
}
template std::size_t BlockLatents(const CpuKernels<float>&, std::size_t, std::size_t, std::size_t);
template std::size_t BlockLatents(const CpuKernels<Bf16>&, std::size_t, std::size_t, std::size_t);

}  // namespace saelaw
