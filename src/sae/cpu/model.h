// One SAE and one batch as the CPU kernels see them: pointers, strides and counts.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sae/cpu/memory.h"
#include "sae/cpu/rows.h"
#include "sae/cpu/screen.h"
#include "sae/model/stepper.h"

namespace saelaw {

// Rows of operands are this much longer than their content is padded to: a stride of a power of two
// would put a tile's rows into one cache set.
inline constexpr std::size_t kRowGap = 32;

// Rows of numbers, `stride` apart.
template <typename T>
struct Rows {
  T* data = nullptr;
  std::size_t stride = 0;
  T* operator[](std::size_t row) const { return data + row * stride; }
};

// A weight by latent: [d_sae, d_in].
template <typename T>
struct CpuWeight {
  Rows<float> master, second;  // and Adam's second moment
  Rows<T> operand;             // as the products take it; the master itself where T is float
  T* copy_of(std::size_t latent) const {
    return static_cast<const void*>(operand.data) == master.data ? nullptr : operand[latent];
  }
};

// A vector of biases or thresholds.
struct CpuVector {
  float* master = nullptr;
  float* second = nullptr;
};

template <typename T>
struct CpuModel {
  std::size_t d_in = 0, d_sae = 0;
  CpuWeight<T> w_enc, w_dec;
  CpuVector b_enc, b_dec, threshold;
  // [d_sae]: Adam's updates up to which a latent's second moments are decayed.
  std::int32_t* row_updates = nullptr;
  const float* theta = nullptr;  // [d_sae], the threshold itself, of this step
};

// Tokens of one task; sums over tokens are formed per chunk and then in the chunks' order.
inline constexpr std::size_t kChunkTokens = kScreenTokens;

template <typename T>
struct CpuBatch {
  std::size_t tokens = 0;
  const float* x = nullptr;  // [tokens, d_in]
  Rows<T> inputs;            // x - b_dec·[pre_encoder_bias]
  Rows<T> errors;            // (2/tokens)(recons - x)
  Bf16* panels = nullptr;    // of the inputs, for the screen
  float* l0 = nullptr;       // [tokens] active latents
  float* slopes = nullptr;   // [tokens] derivative of the penalty by each H(pre - θ)
  float* recons = nullptr;   // [tokens, d_in]; null where nobody wants them
  // Where a step keeps the largest of a batch: the smallest of them, or of the last batch before;
  // 0 where nothing is known, infinity where nothing was active.
  float least = 0;
  // By chunk.
  double* squares = nullptr;        // Σ ‖recons - x‖²
  float* bias_gradients = nullptr;  // [chunks, d_in] Σ errors

  std::size_t chunks() const { return (tokens + kChunkTokens - 1) / kChunkTokens; }
};

// Hands out a token's reconstruction, where it is wanted, from Σ latents·W_dec.
template <typename T>
void GiveRecons(const CpuModel<T>& model,
                const CpuBatch<T>& batch,
                std::size_t token,
                const float* sum) {
  if (batch.recons == nullptr) return;
  float* to = batch.recons + token * model.d_in;
  for (std::size_t c = 0; c < model.d_in; ++c) to[c] = sum[c] + model.b_dec.master[c];
}

// What a step needs besides: settings and rates in the form of its inner loops.
struct CpuStep {
  bool pre_encoder_bias = true;
  bool log_threshold = false;
  float bandwidth = 0;
  float window_share = 0;      // as JumpWindow::share
  float lowest_threshold = 0;  // raw thresholds are kept at or above it
  std::size_t kept = 0;        // largest of a batch that are active; 0: thresholds decide
  double beta2 = 0;
  std::int64_t updates = 0;  // counting this one
  AdamRow weights;           // `carry` is left to each latent
  float threshold_rate = 0;
};

}  // namespace saelaw
