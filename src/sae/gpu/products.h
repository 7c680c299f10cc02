// The matrix products of a step as plain descriptions; who multiplies is the caller's affair.
#pragma once

#include "sae/gpu/view.h"

namespace saelaw::gpu {

// An operand [rows, columns] as it enters the product, or stored the other way round.
struct Operand {
  const Bf16* data;
  int stride;  // from one stored row to the next
  bool transposed;
};

// Row-major [m, n] = a [m, k]·b [k, n]: bf16 operands, fp32 sums. The result goes to `c`, rounded
// to bf16, or as it is to `sums`, whichever is not null.
struct Product {
  int m, n, k;
  Operand a, b;
  Bf16* c;
  float* sums;
  int stride;  // of the result
};

// Rows of d_in are multiplied with their padding, which is zeros.
inline Product MakeProduct(SaelawGpuProduct which, const StepView& view) {
  const Sizes& s = view.sizes;
  const Operand inputs{view.inputs, s.width, false}, inputs_t{view.inputs, s.width, true};
  const Operand errors{view.errors, s.width, false}, errors_t{view.errors, s.width, true};
  const Operand w_enc{view.w_enc, s.width, false}, w_dec{view.w_dec, s.width, false};
  const Operand latents{view.latents, s.row, false}, latents_t{view.latents, s.row, true};
  const Operand d_pre_acts{view.d_latents, s.row, false};
  switch (which) {
    case kSaelawGpuEncode:
      return {s.d_sae, s.tokens, s.width, w_enc, inputs_t, nullptr, view.products, s.row};
    case kSaelawGpuDecode:
      return {s.tokens, s.width, s.d_sae, latents_t, w_dec, view.recons, nullptr, s.width};
    case kSaelawGpuDLatents:
      return {s.d_sae, s.tokens, s.width, w_dec, errors_t, view.d_latents, nullptr, s.row};
    case kSaelawGpuDDecoder:
      return {s.d_sae, s.width, s.tokens, latents, errors, view.d_w_dec, nullptr, s.width};
    default:
      return {s.d_sae, s.width, s.tokens, d_pre_acts, inputs, view.d_w_enc, nullptr, s.width};
  }
}

}  // namespace saelaw::gpu
