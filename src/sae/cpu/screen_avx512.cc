// Multiplies with the AVX-512 instruction for pairs of bf16. Each weight pair is spread over a
// whole vector and meets 32 tokens, whose sums for 14 latents stay in registers from the first
// dimension to the last. Panels are packed here too, for both screens.
#include "sae/cpu/screen_epilogue.h"

namespace saelaw {
namespace {

// Latents of one tile: 2·14 sums, two vectors of tokens and one of weights fill the registers.
constexpr std::size_t kTileLatents = 14;
constexpr std::size_t kPanelPairs = 2 * kScreenTokens;

// Latents [first, first + N) by the 32 tokens from `token` on. take(low, high, latent) has the
// sums.
template <std::size_t N, typename Take>
inline void Tile(std::size_t first,
                 std::size_t token,
                 const PackedBatch& batch,
                 const ScreenRows& rows,
                 const Take& take) {
  const Bf16* panel = batch.panels + token * batch.width;
  const Bf16* weights = rows.weights + first * rows.stride;
  // The sums begin at zero; the bias is added by the epilogue, for those that are kept or stored.
  __m512 low[N], high[N];
#pragma GCC unroll 16
  for (std::size_t i = 0; i < N; ++i) low[i] = high[i] = _mm512_setzero_ps();
  for (std::size_t k = 0; k < batch.width; k += 2) {
    const Bf16* pairs = panel + k / 2 * kPanelPairs;
    const auto x_low = (__m512bh)_mm512_loadu_si512(pairs);
    const auto x_high = (__m512bh)_mm512_loadu_si512(pairs + kScreenTokens);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < N; ++i) {
      // memcpy is how a pair of bf16 is read as one word without breaking the rules of aliasing.
      int pair;
      __builtin_memcpy(&pair, weights + i * rows.stride + k, sizeof pair);
      const auto w = (__m512bh)_mm512_set1_epi32(pair);
      low[i] = _mm512_dpbf16_ps(low[i], w, x_low);
      high[i] = _mm512_dpbf16_ps(high[i], w, x_high);
    }
  }
#pragma GCC unroll 16
  for (std::size_t i = 0; i < N; ++i) {
    take(low[i], high[i], first + i);
  }
}

// Rows may be read up to a multiple of 32 latents, but lists exist for real latents only. What is
// left after the large tiles therefore goes in fours and then one by one.
template <typename Take>
inline void Tiles(std::size_t token,
                  const PackedBatch& batch,
                  const ScreenRows& rows,
                  const Take& take) {
  std::size_t first = 0;
  for (; first + kTileLatents <= rows.latents; first += kTileLatents) {
    Tile<kTileLatents>(first, token, batch, rows, take);
  }
  for (; first + 4 <= rows.latents; first += 4) Tile<4>(first, token, batch, rows, take);
  for (; first < rows.latents; ++first) Tile<1>(first, token, batch, rows, take);
}

}  // namespace

void ScreenAvx512Bf16(const PackedBatch& batch, const ScreenRows& rows, const ScreenLists& lists) {
  for (std::size_t i = 0; i < rows.latents; ++i) lists.counts[i] = 0;
  for (std::size_t token = 0; token < batch.tokens; token += kScreenTokens) {
    Tiles(token, batch, rows, [&](__m512 low, __m512 high, std::size_t i) {
      KeepTokens(low, high, i, token, batch, rows, lists);
    });
  }
}

void EncodeAvx512Bf16(const PackedBatch& batch, const ScreenRows& rows, const EncoderSums& sums) {
  for (std::size_t token = 0; token < batch.tokens; token += kScreenTokens) {
    Tiles(token, batch, rows, [&](__m512 low, __m512 high, std::size_t i) {
      StoreTokens(low, high, i, token, batch, sums);
    });
  }
}

void PackPanel(
    const Bf16* rows, std::size_t stride, std::size_t tokens, std::size_t width, Bf16* panel) {
  for (std::size_t k = 0; k < width; k += 2) {
    Bf16* pairs = panel + k / 2 * kPanelPairs;
    for (std::size_t t = 0; t < kScreenTokens; ++t) {
      // A panel is always whole: the tokens that a batch lacks are zeros, and are masked out later.
      int pair = 0;
      if (t < tokens) __builtin_memcpy(&pair, rows + t * stride + k, sizeof pair);
      __builtin_memcpy(pairs + 2 * t, &pair, sizeof pair);
    }
  }
}

}  // namespace saelaw
