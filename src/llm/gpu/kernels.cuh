// What a Llama block does between its matrix products. A block of threads for each row.
#pragma once

#include "gpu/block.cuh"
#include "gpu/numbers.cuh"
#include "llm/gpu/table.h"

namespace saelaw::gpu {

// The numbers of x from column c on after delta, where there is one, has been added to them.
SAELAW_DEVICE Eight AddedEight(Bf16* x, const Bf16* delta) {
  if (delta == nullptr) return LoadEight(x);
  Eight sum = LoadEight(x);
  Add(sum, 1, LoadEight(delta));
  const Packed rounded = Pack(sum);
  StorePacked(x, rounded);
  return Unpack(rounded);
}

// As SaelawLlamaTable::add_norm.
SAELAW_KERNEL AddNorm(
    Bf16* x, const Bf16* delta, const Bf16* weight, float epsilon, int width, Bf16* normed) {
  const std::size_t row = static_cast<std::size_t>(blockIdx.x) * static_cast<std::size_t>(width);
  const int own = static_cast<int>(threadIdx.x) * kEight;
  Eight kept{};  // the first of this thread's eights, mostly its only one
  float squares = 0;
  ForOwnColumns(width, [&](int c) {
    const Eight sum = AddedEight(x + row + c, delta == nullptr ? nullptr : delta + row + c);
    squares += Dot(sum, sum);
    if (c == own) kept = sum;
  });
  squares = BlockSum(squares, *reinterpret_cast<Parts<float>*>(SharedMemory()));
  const float scale = 1 / sqrtf(squares / static_cast<float>(width) + epsilon);
  ForOwnColumns(width, [&](int c) {
    Eight value = c == own ? kept : LoadEight(x + row + c);
    const Eight factor = LoadEight(weight + c);
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) value.value[i] *= scale * factor.value[i];
    StorePacked(normed + row + c, Pack(value));
  });
}

// As SaelawLlamaTable::rotate.
SAELAW_KERNEL Rotate(SaelawLlamaHeads heads) {
  const int half = static_cast<int>(heads.head_dim) / 2;
  const int eights = half / kEight;  // of a head's first half
  Bf16* row = heads.data + static_cast<std::size_t>(blockIdx.x) * heads.stride;
  const std::size_t position =
      static_cast<std::size_t>(blockIdx.x % static_cast<unsigned>(heads.context)) * heads.head_dim;
  for (int unit = static_cast<int>(threadIdx.x); unit < heads.rotated * eights;
       unit += static_cast<int>(blockDim.x)) {
    const int c = unit % eights * kEight;
    Bf16* low = row + unit / eights * heads.head_dim + c;
    const Eight first = LoadEight(low), second = LoadEight(low + half);
    const Eight cosine = LoadEight(heads.cosine + position + c);
    const Eight sine = LoadEight(heads.sine + position + c);
    Eight turned_first, turned_second;
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) {
      turned_first.value[i] = first.value[i] * cosine.value[i] - second.value[i] * sine.value[i];
      turned_second.value[i] = second.value[i] * cosine.value[i] + first.value[i] * sine.value[i];
    }
    StorePacked(low, Pack(turned_first));
    StorePacked(low + half, Pack(turned_second));
  }
}

// As SaelawLlamaTable::gate.
SAELAW_KERNEL Gate(const Bf16* gate_up, int width, Bf16* act) {
  const std::size_t row = static_cast<std::size_t>(blockIdx.x) * static_cast<std::size_t>(width);
  ForOwnColumns(width, [&](int c) {
    Eight value = LoadEight(gate_up + 2 * row + c);
    const Eight up = LoadEight(gate_up + 2 * row + width + c);
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) {
      const float gate = value.value[i];
      value.value[i] = FastQuotient(gate, 1 + expf(-gate)) * up.value[i];
    }
    StorePacked(act + row + c, Pack(value));
  });
}

}  // namespace saelaw::gpu
