// What the AVX-512 kernels do with 16 finished sums of one latent. Internal linkage: see
// vectors.h.
#pragma once

#include <immintrin.h>

#include "sae/cpu/screen.h"

namespace saelaw {
namespace {

// Appends those of the 16 pre-activations (sums + bias) from token `first` on that are not at or
// below the floor, and whose bit in `live` is set.
inline std::uint32_t Keep(__m512 sums,
                          float bias,
                          float floor,
                          __mmask16 live,
                          std::uint32_t first,
                          std::uint32_t count,
                          std::uint32_t* tokens,
                          float* pre_acts) {
  const __m512 pre = _mm512_add_ps(sums, _mm512_set1_ps(bias));
  const __mmask16 kept = _mm512_mask_cmp_ps_mask(live, pre, _mm512_set1_ps(floor), _CMP_NLE_UQ);
  if (kept == 0) return count;
  const __m512i numbers =
      _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(first)),
                       _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
  _mm512_storeu_si512(tokens + count, _mm512_maskz_compress_epi32(kept, numbers));
  _mm512_storeu_ps(pre_acts + count, _mm512_maskz_compress_ps(kept, pre));
  return count + static_cast<std::uint32_t>(__builtin_popcount(kept));
}

// Bits of the tokens from `first` on that the batch has.
inline __mmask16 LiveTokens(std::size_t first, std::size_t tokens) {
  if (first >= tokens) return 0;
  const std::size_t left = tokens - first;
  return left >= 16 ? 0xffff : static_cast<__mmask16>((1U << left) - 1);
}

// Writes latent `i`'s sums of the 32 tokens from `token` on.
inline void StoreTokens(__m512 low,
                        __m512 high,
                        std::size_t i,
                        std::size_t token,
                        const PackedBatch& batch,
                        const EncoderSums& sums) {
  float* row = sums.data + i * sums.stride + token;
  _mm512_mask_storeu_ps(row, LiveTokens(token, batch.tokens), low);
  _mm512_mask_storeu_ps(row + 16, LiveTokens(token + 16, batch.tokens), high);
}

// Appends to the list of latent `i` from its sums of the 32 tokens from `token` on.
inline void KeepTokens(__m512 low,
                       __m512 high,
                       std::size_t i,
                       std::size_t token,
                       const PackedBatch& batch,
                       const ScreenRows& rows,
                       const ScreenLists& lists) {
  std::uint32_t* tokens = lists.tokens + i * lists.capacity;
  float* pre_acts = lists.pre_acts + i * lists.capacity;
  const auto first = static_cast<std::uint32_t>(token);
  const std::uint32_t count = Keep(low,
                                   rows.bias[i],
                                   rows.floor[i],
                                   LiveTokens(token, batch.tokens),
                                   first,
                                   lists.counts[i],
                                   tokens,
                                   pre_acts);
  lists.counts[i] = Keep(high,
                         rows.bias[i],
                         rows.floor[i],
                         LiveTokens(token + 16, batch.tokens),
                         first + 16,
                         count,
                         tokens,
                         pre_acts);
}

}  // namespace
}  // namespace saelaw
