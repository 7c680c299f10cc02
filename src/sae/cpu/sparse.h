// The sparse half of a CPU step: only active latents, and those inside the straight-through window,
// are decoded, given gradients and updated. d = d_in, L0 active latents a token: the work after the
// screen is about 8·L0·d multiply-adds a token, plus one visit of every latent that has entries.
#pragma once

#include "sae/cpu/entry_lister.h"
#include "sae/cpu/kernels.h"
#include "sae/cpu/model.h"

namespace saelaw {

// Steps the whole model but b_dec on a prepared batch, and fills in the batch's l0, slopes, squares
// and bias_gradients; where the step keeps a number of latents, `least` as well. `fired` [d_sae]
// receives the active tokens of each latent. Returns the parts of workspace.partial_encoder that
// hold Σ db_enc·W_enc (0 without pre-encoder bias).
template <typename T>
std::size_t SparseStep(const CpuKernels<T>& kernels,
                       const Parallel& parallel,
                       const CpuStep& step,
                       const std::function<float(float l0)>& slope_of,
                       const EncoderProduct& product,
                       const CpuModel<T>& model,
                       CpuBatch<T>& batch,
                       SparseWorkspace& workspace,
                       float* fired);

// The forward pass of it alone, on a prepared batch: fills in the batch's l0, squares and, where
// they are wanted, recons.
template <typename T>
void SparseMeasure(const CpuKernels<T>& kernels,
                   const Parallel& parallel,
                   const EncoderProduct& product,
                   const CpuModel<T>& model,
                   CpuBatch<T>& batch,
                   SparseWorkspace& workspace,
                   float* fired);

}  // namespace saelaw
