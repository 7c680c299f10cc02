// The kernels of each set of a CPU's instructions, in one table.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "sae/cpu/rows.h"
#include "sae/cpu/screen.h"

namespace saelaw {

// A set of instructions, and the kernels that are made of it.
struct CpuInstructions {
  std::string_view name;  // of the acceleration
  // Whether the CPU has them and the operating system allows them. Asked before the first kernel is
  // called: AMX has to be asked for.
  bool (*are_here)() = nullptr;
  bool multiply_bf16 = false;  // products of bf16 matrices are fast as they are
  const RowKernels<float>& (*rows_of_fp32)() = nullptr;
  const RowKernels<Bf16>& (*rows_of_bf16)() = nullptr;
  // For operands in bf16. Null: the encoder's product is LibTorch's.
  Screen screen = nullptr;
  EncoderKernel encode = nullptr;
  // Bytes of weights in one call of the screen, of those that stay in the second-level cache.
  std::size_t screen_bytes = 0;
};
// The fastest first.
const std::vector<CpuInstructions>& AllCpuInstructions();

// The kernels for operands of type T.
template <typename T>
struct CpuKernels {
  const RowKernels<T>* rows = nullptr;
  // Null where the encoder's product is LibTorch's: always for fp32 operands.
  Screen screen = nullptr;
  EncoderKernel encode = nullptr;  // likewise, of a dense step
  std::size_t screen_bytes = 0;    // as above
};
template <typename T>
CpuKernels<T> FindCpuKernels(const CpuInstructions& instructions);

// Latents of one block of entries: as many as the screen takes at once, weights of `stride` each;
// or so many that LibTorch's product of a block with `tokens` tokens stays near the cores.
template <typename T>
std::size_t BlockLatents(const CpuKernels<T>& kernels,
                         std::size_t stride,
                         std::size_t tokens,
                         std::size_t d_sae);

}  // namespace saelaw
