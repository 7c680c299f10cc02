// The inner loops of the sparse step: operations on rows of `width` numbers. One implementation,
// rows_impl.h, compiled once for each instruction set; all round alike but for the order of
// sums.
#pragma once

#include <cstddef>
#include <cstdint>

namespace saelaw {

// A number as the matrix products take it: the upper half of an fp32, rounded to nearest even.
using Bf16 = std::uint16_t;

// One step of Adam with β1 = 0 on one row: v = carry·v + (1-β2)·g², w -= rate·g/(√v·unbias + ε).
struct AdamRow {
  float carry = 0;          // β2, to the power of the updates since v was last brought up to date
  float one_less_beta = 0;  // 1 - β2
  float unbias = 0;         // 1/√(1 - β2^updates)
  float rate = 0;
  float epsilon = 0;
};

// What one latent's bias and threshold receive.
struct RowGradients {
  float bias = 0;    // Σ d_pre_acts
  float window = 0;  // Σ θ·d_latents + slope, over the tokens inside the window
  float fired = 0;   // active tokens
};

// Bytes of a row of bits, one for each of `count` tokens, with room for a whole vector's.
constexpr std::size_t BitBytes(std::size_t count) { return (count + 15) / 16 * 2; }

// T is the type of operands: Bf16, or float where precision is fp32 (`copy` is then null, as the
// masters are the operands).
template <typename T>
struct RowKernels {
  // sum[c] = Σ_k factors[k]·rows[k][c], in the order of k. The sparse half of a matrix product.
  void (*accumulate)(
      const T* const* rows, const float* factors, std::size_t count, std::size_t width, float* sum);
  // dots[k] = Σ_c vector[c]·rows[k][c].
  void (*dots)(
      const T* const* rows, std::size_t count, std::size_t width, const float* vector, float* dots);
  // Brings rows that are wanted soon near.
  void (*prefetch)(const T* const* rows, std::size_t count, std::size_t width);
  // sum[c] += factor·row[c].
  void (*add)(const float* row, float factor, std::size_t width, float* sum);
  // operand[c] = x[c] - bias[c]; no bias when it is null.
  void (*centre)(const float* x, const float* bias, std::size_t width, T* operand);
  // With recons[c] + bias[c] - x[c] = e: error[c] = factor·e, operand[c] the same, bias_gradient[c]
  // += factor·e. Returns Σ e². `recons` may be `error`.
  float (*error)(const float* recons,
                 const float* bias,
                 const float* x,
                 float factor,
                 std::size_t width,
                 float* error,
                 T* operand,
                 float* bias_gradient);
  // One update of a row of W_enc by `gradient`.
  void (*update_encoder)(
      const AdamRow& adam, const float* gradient, std::size_t width, float* w, float* v, T* copy);
  // One update of a unit row of W_dec: the gradient's part along the row is taken out, the row
  // brought back to unit norm. `gradient` is overwritten.
  void (*update_decoder)(
      const AdamRow& adam, float* gradient, std::size_t width, float* w, float* v, T* copy);

  // Dense steps. The row of one latent over `count` tokens, `products` its W_enc·x: with pre =
  // products[t] + bias, latents[t] = pre where pre > theta, else 0; l0[t] += 1 there. NaN is kept.
  // Bit t of `window` says whether |pre - theta| < half_window: a latent that is
  // rounded to bf16 does not tell.
  void (*activate)(const float* products,
                   float bias,
                   float theta,
                   float half_window,
                   std::size_t count,
                   T* latents,
                   std::uint8_t* window,
                   float* l0);
  // The same row in the backward pass: d_latents becomes d_pre_acts in place. `share` is that of
  // JumpWindow.
  RowGradients (*backward)(const T* latents,
                           const std::uint8_t* window,
                           float theta,
                           float share,
                           const float* slopes,
                           std::size_t count,
                           T* d_latents);
  // Lists the tokens of a row whose products[t] + bias is not at or below `floor`; returns how
  // many. Both lists have room for count + 16.
  std::size_t (*select)(const float* products,
                        float bias,
                        float floor,
                        std::size_t count,
                        std::uint32_t* tokens,
                        float* pre_acts);
};

// Only for CPUs that have these instructions.
template <typename T>
const RowKernels<T>& RowKernelsAvx2();
template <typename T>
const RowKernels<T>& RowKernelsAvx512();

}  // namespace saelaw
