// The encoder's product with the threshold applied to the sums while they are in registers: what
// comes out are the entries (latent, token, pre-activation) that the rest of a sparse step needs;
// the pre-activations themselves are never stored. And, for a dense step, the sums themselves.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sae/cpu/rows.h"

namespace saelaw {

// Tokens are taken 32 at a time, dimensions 32 at a time: both are padded with zeros.
inline constexpr std::size_t kScreenTokens = 32;
inline constexpr std::size_t kScreenWidth = 32;
// Most latents of one call.
inline constexpr std::size_t kScreenLatents = 512;

constexpr std::size_t PaddedTo(std::size_t count, std::size_t unit) {
  return (count + unit - 1) / unit * unit;
}

// A batch as the screen reads it. Panel p holds tokens [32p, 32p + 32); in it, for each pair of
// dimensions, the 32 tokens' pairs one after the other.
struct PackedBatch {
  const Bf16* panels = nullptr;  // [tokens/32, width/2, 32, 2]
  std::size_t tokens = 0;        // without padding
  std::size_t width = 0;         // with padding
};

struct ScreenRows {
  // Of the first latent: W_enc by latent, zero from d_in on. Rows are read up to a multiple of 32
  // from the first on.
  const Bf16* weights = nullptr;
  std::size_t stride = 0;        // from one latent's weights to the next's
  const float* bias = nullptr;   // b_enc of each
  const float* floor = nullptr;  // an entry is kept where !(pre <= floor): NaN is kept
  std::size_t latents = 0;       // at most kScreenLatents
};

// Lists of one call, by latent, each in the order of the tokens. List i begins at i·capacity;
// `capacity` is at least the padded number of tokens plus 16 (stores run over).
struct ScreenLists {
  std::uint32_t* counts = nullptr;  // [kScreenLatents], written
  std::uint32_t* tokens = nullptr;
  float* pre_acts = nullptr;
  std::size_t capacity = 0;
};

using Screen = void (*)(const PackedBatch& batch, const ScreenRows& rows, const ScreenLists& lists);

// Products of bf16 pairs summed in fp32. For CPUs with AVX512_BF16, or with AMX as well.
void ScreenAvx512Bf16(const PackedBatch& batch, const ScreenRows& rows, const ScreenLists& lists);
void ScreenAmx(const PackedBatch& batch, const ScreenRows& rows, const ScreenLists& lists);

// The same sums, without bias, for a dense step: as they are, in fp32, which no product of LibTorch
// gives of bf16 on a CPU.
struct EncoderSums {
  float* data = nullptr;   // [latents, stride], of which the batch's tokens are written
  std::size_t stride = 0;  // at least the batch's tokens
};
// Of rows' latents, whose bias and floor are not read.
using EncoderKernel = void (*)(const PackedBatch& batch,
                               const ScreenRows& rows,
                               const EncoderSums& sums);
void EncodeAvx512Bf16(const PackedBatch& batch, const ScreenRows& rows, const EncoderSums& sums);
void EncodeAmx(const PackedBatch& batch, const ScreenRows& rows, const EncoderSums& sums);

// Tells the operating system that this process uses AMX tiles; false where it may not. Once.
bool AllowAmx();

// One panel of a PackedBatch from 32 rows of `width` (padded) operands, `stride` apart. Rows from
// `tokens` on are zeros. Needs AVX-512.
void PackPanel(
    const Bf16* rows, std::size_t stride, std::size_t tokens, std::size_t width, Bf16* panel);

}  // namespace saelaw
