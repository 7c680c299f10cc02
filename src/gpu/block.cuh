// What the threads of a block do together: sums in a fixed order, and lists of set bits. Every
// function here is called by all threads of the block.
#pragma once

#include "gpu/device.h"

namespace saelaw::gpu {

constexpr int kWarp = 32;
constexpr int kMostThreads = 256;
constexpr unsigned kAllLanes = 0xffffffffU;

// One partial result of each warp.
template <typename T>
struct Parts {
  T of_warp[kMostThreads / kWarp];
};

// The same bits in every lane.
template <typename T>
SAELAW_DEVICE T WarpSum(T value) {
  SAELAW_UNROLL
  for (int offset = kWarp / 2; offset > 0; offset /= 2) {
    value += __shfl_xor_sync(kAllLanes, value, offset);
  }
  return value;
}

// The sum over a block's warps.
template <typename T>
SAELAW_DEVICE T SumOfParts(const Parts<T>& parts) {
  T sum = 0;
  for (int w = 0; w < static_cast<int>(blockDim.x) / kWarp; ++w) sum += parts.of_warp[w];
  return sum;
}

// The same bits in every thread. `parts` is shared memory that is free before and after; what
// threads wrote to memory before is seen by all of them after.
template <typename T>
SAELAW_DEVICE T BlockSum(T value, Parts<T>& parts) {
  const int tid = static_cast<int>(threadIdx.x);
  value = WarpSum(value);
  if (tid % kWarp == 0) parts.of_warp[tid / kWarp] = value;
  __syncthreads();
  const T sum = SumOfParts(parts);
  __syncthreads();
  return sum;
}

// Σ of the values of the threads before this one; `total` is that of all.
SAELAW_DEVICE int BlockSumBefore(int value, Parts<int>& parts, int& total) {
  const int tid = static_cast<int>(threadIdx.x);
  int sum = value;  // of this lane and those before it
  SAELAW_UNROLL
  for (int offset = 1; offset < kWarp; offset *= 2) {
    const int before = __shfl_up_sync(kAllLanes, sum, offset);
    if (tid % kWarp >= offset) sum += before;
  }
  if (tid % kWarp == kWarp - 1) parts.of_warp[tid / kWarp] = sum;
  __syncthreads();
  int before = sum - value;
  total = 0;
  for (int w = 0; w < static_cast<int>(blockDim.x) / kWarp; ++w) {
    if (w < tid / kWarp) before += parts.of_warp[w];
    total += parts.of_warp[w];
  }
  __syncthreads();
  return before;
}

// Lists the places of the set bits of words[0 .. count), in ascending order: those from the
// `first`-th on, at most `capacity` of them. Returns how many bits are set in all, so that a caller
// goes on with the next `capacity`. `list` is shared memory that nobody reads any more.
SAELAW_DEVICE int ListBits(
    const std::uint32_t* words, int count, int first, int capacity, int* list, Parts<int>& parts) {
  int listed = 0;
  for (int base = 0; base < count; base += static_cast<int>(blockDim.x)) {
    const int place = base + static_cast<int>(threadIdx.x);
    std::uint32_t word = place < count ? words[place] : 0;
    int total = 0;
    int rank = listed - first + BlockSumBefore(__popc(word), parts, total);
    for (; word != 0; word &= word - 1, ++rank) {
      if (rank >= 0 && rank < capacity) list[rank] = place * 32 + __ffs(static_cast<int>(word)) - 1;
    }
    listed += total;
  }
  __syncthreads();
  return listed;
}

}  // namespace saelaw::gpu
