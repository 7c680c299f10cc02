// The backward half of a CPU step for one latent: its rows of both weights, its bias and threshold
// are brought up to date in one visit, so that no gradient matrix exists.
#pragma once

#include "sae/cpu/model.h"

namespace saelaw {

// Adam's constants for a latent that was last updated at `row_updates`.
AdamRow AdamFor(const CpuStep& step, std::int32_t row_updates);

// Updates b_enc and the threshold of `latent` by their gradients.
template <typename T>
void UpdateScalars(const CpuStep& step,
                   const AdamRow& adam,
                   const RowGradients& gradients,
                   const CpuModel<T>& model,
                   std::size_t latent);

// Updates b_dec by Σ errors - [pre_encoder_bias] Σ db_enc·W_enc, each given in parts [parts, d_in]
// that are added in their order.
template <typename T>
void UpdateDecoderBias(const CpuStep& step,
                       const float* partial_errors,
                       std::size_t error_parts,
                       const float* partial_encoder,
                       std::size_t encoder_parts,
                       const CpuModel<T>& model);

}  // namespace saelaw
