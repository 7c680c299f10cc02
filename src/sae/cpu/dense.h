// The dense half of a CPU step, for the beginning of a run, when half of the latents are active:
// five matrix products in blocks of latents, with everything between them fused and each block's
// gradients applied at once. The encoder's is a kernel of our own where the CPU multiplies bf16, as
// pre-activations stay in fp32 up to the threshold; the others are LibTorch's. Latents are kept for
// the way back where they are small beside the model, and else computed again.
#pragma once

#include "sae/cpu/entries.h"
#include "sae/cpu/kernels.h"
#include "sae/cpu/model.h"

namespace saelaw {

// Buffers of one call of DenseStep.
template <typename T>
struct DenseWorkspace {
  Buffer<T> latents;              // [d_sae or latents of a block, tokens], by latent
  Buffer<std::uint8_t> window;    // likewise, a bit for each token: see RowKernels::activate
  Buffer<float> products;         // [latents of a block, tokens] W_enc·inputs, where LibTorch's
  Buffer<float> recons;           // [tokens, d_in]; then the derivatives by a block's latents
  Buffer<float> l0;               // [tasks, tokens]
  Buffer<float> partial_encoder;  // [tasks of all blocks, d_in]
  ProductRoom room;
};

// As SparseStep, on the same inputs; `native` says whether the CPU multiplies bf16 itself.
template <typename T>
std::size_t DenseStep(const CpuKernels<T>& kernels,
                      const Parallel& parallel,
                      bool native,
                      const CpuStep& step,
                      const std::function<float(float l0)>& slope_of,
                      const CpuModel<T>& model,
                      CpuBatch<T>& batch,
                      DenseWorkspace<T>& workspace,
                      float* fired);

// The forward pass of it alone, as SparseMeasure.
template <typename T>
void DenseMeasure(const CpuKernels<T>& kernels,
                  const Parallel& parallel,
                  bool native,
                  const CpuModel<T>& model,
                  CpuBatch<T>& batch,
                  DenseWorkspace<T>& workspace,
                  float* fired);

}  // namespace saelaw
