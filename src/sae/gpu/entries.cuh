// The gradients of a sparse step, latent by latent: sums of rows over a latent's entries, a list of
// kListed of them at a time.
#pragma once

#include "sae/gpu/differentiate.cuh"

namespace saelaw::gpu {

// Whose gradient: Σ d_pre_acts·inputs, or Σ latents·errors.
enum class Matrix { kEncoder = 0, kDecoder = 1 };

struct EntryLists {
  int tokens[kListed];
  float factors[kListed];  // 0 where the entry is not active
  LatentParts parts;
  Parts<int> counts;
};

// Lists a latent's tokens from the `first`-th on, in their order, and returns how many it has in
// all.
SAELAW_DEVICE int ListTokens(const StepView& view, int latent, int first, EntryLists& lists) {
  const int words = view.sizes.token_words;
  return ListBits(view.latent_bits + static_cast<std::size_t>(latent) * words,
                  words,
                  first,
                  kListed,
                  lists.tokens,
                  lists.counts);
}

SAELAW_DEVICE int Listed(int total, int first) {
  return total - first < kListed ? total - first : kListed;
}

// Fills in the factors of the listed entries. For W_enc the same visit gathers this thread's share
// of the latent's sums, because it holds all that they are made of.
template <Matrix matrix>
SAELAW_DEVICE void FillFactors(
    const StepView& view, int latent, int count, EntryLists& lists, LatentSums& sums) {
  const float bias = view.model.parameters.b_enc[latent];
  const float theta = view.theta[latent];
  const std::size_t row = static_cast<std::size_t>(latent) * view.sizes.row;
  for (int k = static_cast<int>(threadIdx.x); k < count; k += static_cast<int>(blockDim.x)) {
    const int token = lists.tokens[k];
    const float pre = view.products[row + token] + bias;
    if (matrix == Matrix::kDecoder) {
      // W_dec's gradient is Σ latent·error, so its factor is the activation, rounded as the
      // operands of a dense product would be.
      lists.factors[k] = pre <= theta ? 0 : Rounded(pre);
    } else {
      const float d_latent = ToFloat(view.d_latents[row + token]);
      lists.factors[k] = AddPair(pre, theta, view.window, d_latent, view.slopes[token], sums);
    }
  }
  // All factors must be there before any thread sums over them.
  __syncthreads();
}

// The sum over the listed entries: visit(c, eight) for each eight of this thread's columns. Returns
// the latent's sums over them, of W_enc.
template <Matrix matrix, typename Visit>
SAELAW_DEVICE LatentSums
SumList(const StepView& view, int latent, int count, EntryLists& lists, Visit visit) {
  LatentSums sums;
  FillFactors<matrix>(view, latent, count, lists, sums);
  const int width = view.sizes.width;
  const Bf16* rows = matrix == Matrix::kEncoder ? view.inputs : view.errors;
  ForOwnColumns(width, [&](int c) {
    Eight sum{};
    // Rows are loaded for several entries at a time, so that the loads overlap; the order of adding
    // stays that of the list.
    SAELAW_UNROLL_BY(4)
    for (int k = 0; k < count; ++k) {
      Add(sum,
          lists.factors[k],
          LoadEight(rows + static_cast<std::size_t>(lists.tokens[k]) * width + c));
    }
    visit(c, sum);
  });
  return matrix == Matrix::kEncoder ? BlockSum(sums, lists.parts) : sums;
}

// Sums of lists are added in the order of the lists, whoever made them.
SAELAW_DEVICE void Add(LatentSums& sums, const LatentSums& more) {
  sums.bias += more.bias;
  sums.window += more.window;
  sums.fired += more.fired;
}

// Says where the sums of one list of a crowded latent lie.
SAELAW_DEVICE std::size_t PlaceOfList(const StepView& view, int slot, int list) {
  return static_cast<std::size_t>(slot) * view.sizes.lists + static_cast<std::size_t>(list);
}
template <Matrix matrix>
SAELAW_DEVICE float* CrowdedRow(const StepView& view, std::size_t place) {
  return view.crowded_rows + (2 * place + static_cast<std::size_t>(matrix)) * view.sizes.width;
}

// Fills slot_of and crowded, with a warp for each latent. The atomic counter makes it a matter of
// chance which of too many crowded latents get a place, but the sums are the same ones either way.
SAELAW_KERNEL FindCrowded(StepView view) {
  const int lane = static_cast<int>(threadIdx.x) % kWarp;
  const int latent = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x) / kWarp;
  if (latent >= view.sizes.d_sae) return;  // the whole warp
  const int words = view.sizes.token_words;
  const std::uint32_t* bits = view.latent_bits + static_cast<std::size_t>(latent) * words;
  int entries = 0;
  for (int w = lane; w < words; w += kWarp) entries += __popc(bits[w]);
  entries = WarpSum(entries);
  if (lane != 0) return;
  int slot = -1;
  if (entries > kCrowded) {
    // The counter may run past the places; whoever comes too late sums its lists in its own block.
    const int place = atomicAdd(view.crowded, 1);
    if (place < kMostCrowded) slot = place;
  }
  view.slot_of[latent] = slot;
  if (slot >= 0) view.crowded[1 + slot] = latent;
}

template <Matrix matrix>
SAELAW_DEVICE void SumCrowdedList(
    const StepView& view, int latent, int count, std::size_t place, EntryLists& lists) {
  float* row = CrowdedRow<matrix>(view, place);
  const LatentSums sums = SumList<matrix>(view, latent, count, lists, [&](int c, const Eight& sum) {
    StoreEight(row, c, view.sizes.width, sum);
  });
  if (matrix == Matrix::kEncoder && threadIdx.x == 0) view.crowded_sums[place] = sums;
}

// Blocks (lists, slots of both matrices) take one list of a crowded latent each. The grid is made
// for the most that there could be, as a recorded step cannot change it, so most blocks end at
// once.
SAELAW_KERNEL SumCrowded(StepView view) {
  auto& lists = *reinterpret_cast<EntryLists*>(SharedMemory());
  const int slot = static_cast<int>(blockIdx.y) / 2;
  if (slot >= view.crowded[0]) return;
  // The latent in a slot is the same for both matrices: even blocks take W_enc, and odd ones W_dec.
  const int latent = view.crowded[1 + slot];
  const int list = static_cast<int>(blockIdx.x), first = list * kListed;
  const int total = ListTokens(view, latent, first, lists);
  if (first >= total) return;
  const std::size_t place = PlaceOfList(view, slot, list);
  if (blockIdx.y % 2 == 0) {
    SumCrowdedList<Matrix::kEncoder>(view, latent, Listed(total, first), place, lists);
  } else {
    SumCrowdedList<Matrix::kDecoder>(view, latent, Listed(total, first), place, lists);
  }
}

// Adds up the sums that SumCrowded has made, in the order of the lists, as SumEntries does.
template <Matrix matrix>
SAELAW_DEVICE LatentSums CollectLists(const StepView& view, int slot, int total, float* gradient) {
  const int width = view.sizes.width, lists = (total + kListed - 1) / kListed;
  ForOwnColumns(width, [&](int c) {
    Eight sum{};
    for (int list = 0; list < lists; ++list) {
      Add(sum, 1, LoadEight(CrowdedRow<matrix>(view, PlaceOfList(view, slot, list)), c, width));
    }
    StoreShared(gradient + c, sum);
  });
  LatentSums sums;
  for (int list = 0; matrix == Matrix::kEncoder && list < lists; ++list) {
    Add(sums, view.crowded_sums[PlaceOfList(view, slot, list)]);
  }
  return sums;
}

// gradient [width] in shared memory, of which every thread sees its own columns, of a latent with
// `total` entries, of which the first are listed. Returns the latent's sums, of W_enc.
template <Matrix matrix>
SAELAW_DEVICE LatentSums
SumEntries(const StepView& view, int latent, int total, EntryLists& lists, float* gradient) {
  const int slot = view.slot_of[latent];
  // A crowded latent's lists were summed by many blocks; anything else is summed here.
  if (slot >= 0) return CollectLists<matrix>(view, slot, total, gradient);
  LatentSums sums;
  ForOwnColumns(view.sizes.width, [&](int c) { StoreShared(gradient + c, Eight{}); });
  for (int first = 0; first < total; first += kListed) {
    if (first > 0) ListTokens(view, latent, first, lists);
    const LatentSums more =
        SumList<matrix>(view, latent, Listed(total, first), lists, [&](int c, const Eight& sum) {
          Eight so_far = LoadShared(gradient + c);
          Add(so_far, 1, sum);
          StoreShared(gradient + c, so_far);
        });
    Add(sums, more);
  }
  return sums;
}

}  // namespace saelaw::gpu
