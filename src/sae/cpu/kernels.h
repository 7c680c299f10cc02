// The kernels of each step path, in one table.
#pragma once

#include "sae/cpu/rows.h"
#include "sae/cpu/screen.h"
#include "sae/model/stepper.h"

namespace saelaw {

template <typename T>
struct CpuKernels {
  const RowKernels<T>* rows = nullptr;
  // Null where the encoder's product is LibTorch's: always for fp32 operands.
  Screen screen = nullptr;
  EncoderKernel encode = nullptr;  // likewise, of a dense step
  // Bytes of weights in one call of the screen, of those that stay in the second-level cache.
  std::size_t screen_bytes = 0;
};

// Whether this machine's CPU, and its operating system, have the instructions of a path of kernels.
bool CpuCanRun(StepPath path);

// `path` is one that CpuCanRun.
template <typename T>
CpuKernels<T> CpuKernelsOf(StepPath path);

// Latents of one block of entries: as many as the screen takes at once, weights of `stride` each;
// or so many that LibTorch's product of a block with `tokens` tokens stays near the cores.
template <typename T>
std::size_t BlockLatents(const CpuKernels<T>& kernels,
                         std::size_t stride,
                         std::size_t tokens,
                         std::size_t d_sae);

}  // namespace saelaw
