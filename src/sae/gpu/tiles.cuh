// What follows the encoder's product, in tiles of 32 latents × 256 tokens for each warp: which
// pairs are entries (sparse), or the latents themselves (dense).
#pragma once

#include "gpu/block.cuh"
#include "gpu/numbers.cuh"
#include "sae/gpu/view.h"

namespace saelaw::gpu {

constexpr int kTileLatents = 32;
constexpr int kTileTokens = kWarp * kEight;
constexpr int kTileWarps = 8;

struct Tile {
  int first_latent, lane;
  int token;   // the first of this lane's eight
  int tokens;  // that lie in the batch: 0 to 8
};

// Blocks (tokens, latents) of kTileWarps warps, one latent tile each.
SAELAW_DEVICE Tile TileOfThisWarp(const Sizes& sizes) {
  Tile tile;
  const int tid = static_cast<int>(threadIdx.x);
  tile.lane = tid % kWarp;
  tile.first_latent = (static_cast<int>(blockIdx.y) * kTileWarps + tid / kWarp) * kTileLatents;
  tile.token = static_cast<int>(blockIdx.x) * kTileTokens + tile.lane * kEight;
  const int left = sizes.tokens - tile.token;
  tile.tokens = left < 0 ? 0 : left > kEight ? kEight : left;
  return tile;
}

// Gives this lane's pre-activations of a latent. They are read once and not again soon, so the
// loads tell the cache not to keep them.
SAELAW_DEVICE Eight PreActs(const StepView& view, const Tile& tile, int latent) {
  Eight pre{};
  if (tile.tokens == 0) return pre;
  const std::size_t row = static_cast<std::size_t>(latent) * view.sizes.row;
  pre = LoadEightOnce(view.products + row, tile.token, view.sizes.row);
  const float bias = view.model.parameters.b_enc[latent];
  SAELAW_UNROLL
  for (int i = 0; i < kEight; ++i) pre.value[i] += bias;
  return pre;
}

// Gives the lane's bits of the pre-activations that are not at or below `floor`; a NaN is not below
// anything and so is kept.
SAELAW_DEVICE unsigned BitsAbove(const Tile& tile, const Eight& pre, float floor) {
  unsigned bits = 0;
  SAELAW_UNROLL
  for (int i = 0; i < kEight; ++i) {
    if (i < tile.tokens && !(pre.value[i] <= floor)) bits |= 1U << i;
  }
  return bits;
}

// Makes the word of 32 tokens from the eights of four neighbouring lanes, by exchanging within the
// warp.
SAELAW_DEVICE std::uint32_t FindWord(const Tile& tile, unsigned bits) {
  std::uint32_t word = bits << (kEight * (tile.lane % 4));
  word |= __shfl_xor_sync(kAllLanes, word, 1);
  word |= __shfl_xor_sync(kAllLanes, word, 2);
  return word;
}

// Holds the words of a block's tokens, with those of one warp's latents side by side.
struct TokenWords {
  alignas(16) std::uint32_t of_warp[kTileWarps][kTileTokens];
};
constexpr std::size_t kMarkSharedBytes = sizeof(TokenWords);

// A block's words of one token lie side by side in memory: written together they fill its sectors.
SAELAW_DEVICE void StoreTokenWords(const StepView& view, const TokenWords& words) {
  const Sizes& sizes = view.sizes;
  const int tid = static_cast<int>(threadIdx.x);
  const int token = static_cast<int>(blockIdx.x) * kTileTokens + tid;
  if (token >= sizes.tokens) return;
  const int first = static_cast<int>(blockIdx.y) * kTileWarps;
  std::uint32_t* to =
      view.token_bits + static_cast<std::size_t>(token) * sizes.latent_words + first;
  // The wide stores need rows that are a multiple of eight words; other sizes go word by word.
  if (sizes.latent_words % kTileWarps == 0) {
    SAELAW_UNROLL
    for (int half = 0; half < 2; ++half) {
      Packed packed;
      SAELAW_UNROLL
      for (int i = 0; i < 4; ++i) packed.words[i] = words.of_warp[4 * half + i][tid];
      reinterpret_cast<Packed*>(to)[half] = packed;
    }
  } else {
    for (int w = 0; w < kTileWarps && first + w < sizes.latent_words; ++w) {
      to[w] = words.of_warp[w][tid];
    }
  }
}

// Fills latent_bits and token_bits with the pairs above the floor of the straight-through window.
// Both views of the same bits are made in one pass over the products.
SAELAW_KERNEL MarkEntries(StepView view) {
  auto& words = *reinterpret_cast<TokenWords*>(SharedMemory());
  const Sizes& sizes = view.sizes;
  // FindCrowded comes next and counts up from here.
  if (blockIdx.x == 0 && blockIdx.y == 0 && threadIdx.x == 0) view.crowded[0] = 0;
  const Tile tile = TileOfThisWarp(sizes);
  std::uint32_t of_token[kEight] = {};
  SAELAW_UNROLL_BY(8)
  for (int i = 0; i < kTileLatents; ++i) {
    const int latent = tile.first_latent + i;
    if (latent >= sizes.d_sae) break;  // the whole warp
    const unsigned bits =
        BitsAbove(tile, PreActs(view, tile, latent), view.theta[latent] - view.window.half);
    const std::uint32_t word = FindWord(tile, bits);
    if (tile.lane % 4 == 0 && tile.tokens > 0) {
      view.latent_bits[static_cast<std::size_t>(latent) * sizes.token_words + tile.token / 32] =
          word;
    }
    // The same bits turned round: one bit for each latent, in a word of each token.
    SAELAW_UNROLL
    for (int k = 0; k < kEight; ++k) of_token[k] |= ((bits >> k) & 1U) << i;
  }
  const int warp = static_cast<int>(threadIdx.x) / kWarp;
  SAELAW_UNROLL
  for (int k = 0; k < kEight; ++k) words.of_warp[warp][tile.lane * kEight + k] = of_token[k];
  // A token's words of all warps are stored together, so all must have been made.
  __syncthreads();
  StoreTokenWords(view, words);
}

struct TokenCounts {
  int of_token[kTileTokens];
};
constexpr std::size_t kActivateSharedBytes = sizeof(TokenCounts);
static_assert(kTileTokens == kTileWarps * kWarp, "a thread for each token of a block");

// latents = pre·H(pre - θ), and 0 beyond the batch; counts l0. The counts are whole numbers, whose
// sum does not depend on the order of the atomic additions.
SAELAW_KERNEL Activate(StepView view) {
  auto& counts = *reinterpret_cast<TokenCounts*>(SharedMemory());
  const Sizes& sizes = view.sizes;
  const Tile tile = TileOfThisWarp(sizes);
  counts.of_token[threadIdx.x] = 0;
  __syncthreads();
  int active[kEight] = {};
  SAELAW_UNROLL_BY(8)
  for (int i = 0; i < kTileLatents; ++i) {
    const int latent = tile.first_latent + i;
    if (latent >= sizes.d_sae || tile.tokens == 0) break;
    Eight pre = PreActs(view, tile, latent);
    const unsigned bits = BitsAbove(tile, pre, view.theta[latent]);
    SAELAW_UNROLL
    for (int k = 0; k < kEight; ++k) {
      const bool is_active = ((bits >> k) & 1U) != 0;
      active[k] += is_active ? 1 : 0;
      pre.value[k] = is_active ? pre.value[k] : 0;
    }
    StorePacked(view.latents + static_cast<std::size_t>(latent) * sizes.row + tile.token,
                Pack(pre));
  }
  // The counts of a block are gathered in shared memory, so that global memory sees one addition
  // per token and block.
  for (int k = 0; k < tile.tokens; ++k) {
    if (active[k] != 0) atomicAdd(&counts.of_token[tile.lane * kEight + k], active[k]);
  }
  __syncthreads();
  const int token = static_cast<int>(blockIdx.x) * kTileTokens + static_cast<int>(threadIdx.x);
  const int count = counts.of_token[threadIdx.x];
  if (token < sizes.tokens && count != 0) atomicAdd(view.l0 + token, count);
}

}  // namespace saelaw::gpu
