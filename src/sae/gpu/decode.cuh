// The middle of a step: reconstructions, their errors, and (sparse) the loss's derivative by each
// entry's latent. A block takes kBlockTokens tokens, one after the other.
#pragma once

#include "sae/gpu/entries.cuh"

namespace saelaw::gpu {

struct DecodeLists {
  int latents[kListed];
  float factors[kListed];
  Parts<double> squares;
  Parts<int> counts;
};
// Reconstructions stay in shared memory from the sum to the comparison, and only errors are written
// out.
struct DecodeShared {
  DecodeLists& lists;
  float* recons;  // [width]; each thread sees only its own columns
  float* sums;    // [width], likewise: Σ errors over the block's tokens
  Bf16* errors;   // [width], of the token
};
constexpr std::size_t DecodeSharedBytes(int width) {
  return sizeof(DecodeLists) + static_cast<std::size_t>(width) * (2 * sizeof(float) + sizeof(Bf16));
}
SAELAW_DEVICE DecodeShared SharedOfDecode(int width) {
  // The struct's size keeps the rows behind it aligned, so that they can be read in wide words.
  static_assert(sizeof(DecodeLists) % 16 == 0, "rows are read in words of 16 bytes");
  unsigned char* memory = SharedMemory();
  auto* rows = reinterpret_cast<float*>(memory + sizeof(DecodeLists));
  return {*reinterpret_cast<DecodeLists*>(memory),
          rows,
          rows + width,
          reinterpret_cast<Bf16*>(rows + 2 * width)};
}

// With shared.recons as the decoder's sum: error, gradient, Σ error² and what depends on l0. The
// errors are seen by all threads afterwards.
SAELAW_DEVICE void Compare(const StepView& view, int token, int l0, const DecodeShared& shared) {
  const Sizes& sizes = view.sizes;
  const float factor = 2.0F / static_cast<float>(sizes.tokens);
  const float* x = view.now->x + static_cast<std::size_t>(token) * sizes.d_in;
  double squares = 0;
  ForOwnColumns(sizes.width, [&](int c) {
    Eight error = LoadShared(shared.recons + c);
    Add(error, 1, LoadEight(view.model.parameters.b_dec, c, sizes.d_in));
    Add(error, -1, LoadEight(x, c, sizes.d_in));
    // Eight columns are squared in fp32, and their sums are added in double.
    squares += static_cast<double>(Dot(error, error));
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) error.value[i] *= factor;
    // Errors are rounded to bf16 once, and the copy in memory and that in shared memory are the
    // same.
    const Packed packed = Pack(error);
    StorePacked(view.errors + static_cast<std::size_t>(token) * sizes.width + c, packed);
    StorePacked(shared.errors + c, packed);
    Eight sums = LoadShared(shared.sums + c);
    Add(sums, 1, error);
    StoreShared(shared.sums + c, sums);
  });
  // The sum is also the barrier that makes the errors visible to all threads.
  squares = BlockSum(squares, shared.lists.squares);
  if (threadIdx.x == 0) {
    view.squares[token] = squares;
    view.l0[token] = l0;
    view.slopes[token] = view.now->slope_constant + view.now->slope_factor * static_cast<float>(l0);
  }
}

SAELAW_DEVICE void ClearSums(const StepView& view, const DecodeShared& shared) {
  ForOwnColumns(view.sizes.width, [&](int c) { StoreShared(shared.sums + c, Eight{}); });
}
// Each block writes its sums to a row of its own. Finish adds the rows up in their order.
SAELAW_DEVICE void StoreSums(const StepView& view, const DecodeShared& shared) {
  const Sizes& sizes = view.sizes;
  float* to = view.partial_errors + static_cast<std::size_t>(blockIdx.x) * sizes.d_in;
  ForOwnColumns(sizes.width,
                [&](int c) { StoreEight(to, c, sizes.d_in, LoadShared(shared.sums + c)); });
}

// Lists a token's entries from the `first`-th on; returns how many it has in all.
SAELAW_DEVICE int ListLatents(const StepView& view,
                              int token,
                              int first,
                              const DecodeShared& shared) {
  const int words = view.sizes.latent_words;
  return ListBits(view.token_bits + static_cast<std::size_t>(token) * words,
                  words,
                  first,
                  kListed,
                  shared.lists.latents,
                  shared.lists.counts);
}

// The listed entries' latents, as operands: 0 where they lie in the window below the threshold.
// Returns how many of this thread's are active.
SAELAW_DEVICE int FillFactors(const StepView& view,
                              int token,
                              int count,
                              const DecodeShared& shared) {
  int active = 0;
  for (int k = static_cast<int>(threadIdx.x); k < count; k += static_cast<int>(blockDim.x)) {
    const int latent = shared.lists.latents[k];
    const std::size_t row = static_cast<std::size_t>(latent) * view.sizes.row;
    const float pre = view.products[row + token] + view.model.parameters.b_enc[latent];
    // The form !(pre <= θ) lets a NaN through as active, as all kernels do: divergence must show.
    const bool is_active = !(pre <= view.theta[latent]);
    active += is_active ? 1 : 0;
    // An inactive entry stays in the list with factor 0, because DotRows needs its derivative too.
    shared.lists.factors[k] = is_active ? Rounded(pre) : 0;
  }
  __syncthreads();
  return active;
}

// shared.recons += Σ factor·W_dec row over the listed entries.
SAELAW_DEVICE void AddRows(const StepView& view, int count, const DecodeShared& shared) {
  const int width = view.sizes.width;
  ForOwnColumns(width, [&](int c) {
    Eight sum = LoadShared(shared.recons + c);
    SAELAW_UNROLL_BY(8)
    for (int k = 0; k < count; ++k) {
      const Bf16* row = view.w_dec + static_cast<std::size_t>(shared.lists.latents[k]) * width;
      Add(sum, shared.lists.factors[k], LoadEight(row + c));
    }
    StoreShared(shared.recons + c, sum);
  });
}

// d_latents of the listed entries, each by a warp: errors·W_dec row.
SAELAW_DEVICE void DotRows(const StepView& view, int token, int count, const DecodeShared& shared) {
  const int width = view.sizes.width;
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  const int warps = static_cast<int>(blockDim.x) / kWarp;
  for (int k = static_cast<int>(threadIdx.x) / kWarp; k < count; k += warps) {
    const int latent = shared.lists.latents[k];
    const Bf16* row = view.w_dec + static_cast<std::size_t>(latent) * width;
    float dot = 0;
    // Eight columns per lane and load: a warp then reads 512 bytes of the row side by side.
    SAELAW_UNROLL_BY(4)
    for (int c = lane * kEight; c < width; c += kWarp * kEight) {
      dot += Dot(LoadEight(shared.errors + c), LoadEight(row + c));
    }
    dot = WarpSum(dot);
    if (lane == 0) {
      view.d_latents[static_cast<std::size_t>(latent) * view.sizes.row + token] = ToBf16(dot);
    }
  }
  __syncthreads();  // before the lists are written again
}

SAELAW_DEVICE void DecodeToken(const StepView& view, int token, const DecodeShared& shared) {
  ForOwnColumns(view.sizes.width, [&](int c) { StoreShared(shared.recons + c, Eight{}); });
  int active = 0;
  const int total = ListLatents(view, token, 0, shared);
  for (int first = 0; first < total; first += kListed) {
    // The lists are overwritten, so all threads must have finished with the former ones.
    if (first > 0) {
      __syncthreads();
      ListLatents(view, token, first, shared);
    }
    active += FillFactors(view, token, Listed(total, first), shared);
    AddRows(view, Listed(total, first), shared);
  }
  Compare(view, token, BlockSum(active, shared.lists.counts), shared);
  // The lists of a token with few entries are still there from the sum; a longer one is listed
  // again.
  for (int first = 0; first < total; first += kListed) {
    if (total > kListed) ListLatents(view, token, first, shared);
    DotRows(view, token, Listed(total, first), shared);
  }
}

SAELAW_KERNEL Decode(StepView view) {
  const DecodeShared shared = SharedOfDecode(view.sizes.width);
  ClearSums(view, shared);
  // The tokens of a block are added in their order, which fixes the sum of errors to the bit.
  for (int i = 0; i < kBlockTokens; ++i) {
    const int token = static_cast<int>(blockIdx.x) * kBlockTokens + i;
    if (token < view.sizes.tokens) DecodeToken(view, token, shared);
  }
  StoreSums(view, shared);
}

// The same of a dense step, whose products are made: errors from recons and l0.
SAELAW_KERNEL CompareDense(StepView view) {
  const Sizes& sizes = view.sizes;
  const DecodeShared shared = SharedOfDecode(sizes.width);
  ClearSums(view, shared);
  for (int i = 0; i < kBlockTokens; ++i) {
    const int token = static_cast<int>(blockIdx.x) * kBlockTokens + i;
    if (token >= sizes.tokens) break;
    const Bf16* recons = view.recons + static_cast<std::size_t>(token) * sizes.width;
    ForOwnColumns(sizes.width,
                  [&](int c) { StoreShared(shared.recons + c, LoadEight(recons + c)); });
    Compare(view, token, view.l0[token], shared);
  }
  StoreSums(view, shared);
}

}  // namespace saelaw::gpu
