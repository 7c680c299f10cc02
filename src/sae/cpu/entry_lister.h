// Finds the entries of a batch (entries.h), block of latents by block: those above a floor of each
// latent, by the screen or by LibTorch's product and a row kernel; or a given number of the
// largest of the whole batch.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "sae/cpu/entries.h"
#include "sae/cpu/kernels.h"
#include "sae/cpu/model.h"

namespace saelaw {

// Buffers of one call of SparseStep.
struct SparseWorkspace {
  Entries entries;
  Buffer<float> floors;           // [d_sae]
  Buffer<float> partial_encoder;  // [blocks, d_in]
  std::vector<float> values;      // of the entries among which the largest are looked for
  // Where there is no screen:
  Buffer<float> products;  // of one block
  ProductRoom room;
};

// The encoder's product by LibTorch, for paths without a screen: [count, tokens] for the latents
// from `first` on.
using EncoderProduct = std::function<void(std::size_t first, std::size_t count, float* products)>;

template <typename T>
class EntryLister {
 public:
  // All must outlive it. `batch` is prepared.
  EntryLister(const CpuKernels<T>& kernels,
              const Parallel& parallel,
              const EncoderProduct& product,
              const CpuModel<T>& model,
              const CpuBatch<T>& batch,
              SparseWorkspace& workspace);

  // Those with a pre-activation above θ - below.
  void ListAbove(float below) const;

  // The `count` largest positive ones, or all of these where they are fewer; of equal ones those of
  // the first token, and of its first latent. Returns the smallest, infinity where there is none.
  // `near`, above 0, says about where it was in another batch: the answer is the same whatever it
  // is, and is found sooner where it is near.
  float ListLargest(std::size_t count, float near) const;

 private:
  // Of the first `tokens` tokens alone.
  void List(std::size_t tokens) const;
  void Screen(EntryBlock& block, std::size_t tokens) const;
  void Filter(EntryBlock& block, std::size_t tokens) const;
  void ListAboveOne(float floor, std::size_t tokens) const;
  float Guess(std::size_t count) const;

  const CpuKernels<T>& kernels_;
  const Parallel& parallel_;
  const EncoderProduct& product_;
  const CpuModel<T>& model_;
  const CpuBatch<T>& batch_;
  SparseWorkspace& workspace_;
};

}  // namespace saelaw
