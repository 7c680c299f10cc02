// What device code is written against. Under nvcc it is CUDA. Elsewhere the includer has brought
// the same names before (tests/sae/gpu_emulator/emulator.h), and the kernels are plain C++.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#ifdef __CUDACC__

#include <cuda_bf16.h>

// At least so many blocks fit a multiprocessor at once, as far as registers go.
#define SAELAW_KERNEL_OF(blocks) __global__ void __launch_bounds__(256, blocks)
// With four their memory traffic hides their barriers.
#define SAELAW_KERNEL SAELAW_KERNEL_OF(4)
#define SAELAW_DEVICE __device__ __forceinline__
#define SAELAW_PRAGMA(text) _Pragma(#text)
// Before a loop: all of it, or so many rounds at once, so that its loads are under way together.
#define SAELAW_UNROLL SAELAW_PRAGMA(unroll)
#define SAELAW_UNROLL_BY(rounds) SAELAW_PRAGMA(unroll rounds)

namespace saelaw::gpu {

// The block's dynamic shared memory, aligned to 16.
SAELAW_DEVICE unsigned char* SharedMemory() {
  extern __shared__ uint4 saelaw_shared_memory[];
  return reinterpret_cast<unsigned char*>(saelaw_shared_memory);
}

SAELAW_DEVICE float AsFloat(std::uint32_t bits) { return __uint_as_float(bits); }
// bf16 of two numbers, rounded to nearest even: the first in the lower half.
SAELAW_DEVICE std::uint32_t Bf16Pair(float first, float second) {
  const __nv_bfloat162 pair = __floats2bfloat162_rn(first, second);
  std::uint32_t bits;
  memcpy(&bits, &pair, sizeof bits);
  return bits;
}
// To the last bit but one or two: the exact ones would take longer than all else in an update.
SAELAW_DEVICE float FastRoot(float value) {
  float root;
  asm("sqrt.approx.f32 %0, %1;" : "=f"(root) : "f"(value));
  return root;
}
SAELAW_DEVICE float FastQuotient(float a, float b) { return __fdividef(a, b); }

// Words of 16 bytes that are not soon read again: caches keep others in their place.
template <typename Word>
SAELAW_DEVICE Word LoadOnce(const Word* from) {
  static_assert(sizeof(Word) == sizeof(uint4));
  const uint4 bits = __ldcs(reinterpret_cast<const uint4*>(from));
  Word word;
  memcpy(&word, &bits, sizeof word);
  return word;
}
template <typename Word>
SAELAW_DEVICE void StoreOnce(Word* to, const Word& word) {
  static_assert(sizeof(Word) == sizeof(uint4));
  uint4 bits;
  memcpy(&bits, &word, sizeof bits);
  __stcs(reinterpret_cast<uint4*>(to), bits);
}

}  // namespace saelaw::gpu

#else

#ifndef SAELAW_KERNEL
#error "device code needs nvcc, or the emulator included before it"
#endif

#endif
