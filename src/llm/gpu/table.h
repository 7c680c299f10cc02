// The language model's part of the border between the trainer and its CUDA library, as
// sae/gpu/table.h: what a block does between its matrix products.
#pragma once

#include <cstdint>

#include "gpu/bf16.h"
#include "gpu/code.h"

extern "C" {

// The library hands out its table only to a caller of the same version.
enum : std::uint32_t { kSaelawLlamaVersion = 1 };

// Queries, keys and values of a batch, and which of its heads are turned.
struct SaelawLlamaHeads {
  saelaw::gpu::Bf16* data;  // [rows, stride], the heads of a token side by side
  std::int64_t rows, stride;
  std::int64_t rotated;   // the first so many heads
  std::int64_t head_dim;  // 16 divides it
  std::int64_t context;   // rows of a sequence: row r stands at position r mod context
  const saelaw::gpu::Bf16 *cosine, *sine;  // [context, head_dim]
};

// Device memory throughout, rows aligned to 16 bytes; 8 divides every width. `stream` is a
// cudaStream_t. Functions only enqueue work there, and return a SaelawGpuCode.
struct SaelawLlamaTable {
  std::uint32_t version;

  // What went wrong last in this thread; never null.
  const char* (*last_error)();

  // x += delta, where delta is not null; normed = x / √(mean x² + ε) · weight. x, delta and normed:
  // [rows, width]. Sums in fp32.
  std::int32_t (*add_norm)(saelaw::gpu::Bf16* x,
                           const saelaw::gpu::Bf16* delta,
                           const saelaw::gpu::Bf16* weight,
                           float epsilon,
                           std::int64_t rows,
                           std::int64_t width,
                           saelaw::gpu::Bf16* normed,
                           void* stream);

  // In place: of each rotated head the pairs (i, i + head_dim/2).
  std::int32_t (*rotate)(const SaelawLlamaHeads* heads, void* stream);

  // act [rows, width] = silu(gate)·up; gate_up [rows, 2 width], a row's gates before its ups.
  std::int32_t (*gate)(const saelaw::gpu::Bf16* gate_up,
                       std::int64_t rows,
                       std::int64_t width,
                       saelaw::gpu::Bf16* act,
                       void* stream);
};

// Null for a version that the library does not have.
const SaelawLlamaTable* saelaw_llama_table(std::uint32_t version);

}  // extern "C"
