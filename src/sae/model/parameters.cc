// Small operations on weights that several paths share. Decoder rows are kept at unit norm by the
// pair at the end: gradients lose their part along the row, and rows are renormalised after the
// update.
#include "sae/model/parameters.h"

#include <ATen/ATen.h>

namespace saelaw {

// For LibTorch the shape stays [d_in, d_sae]; only the order in memory is that of the transpose.
at::Tensor StoredByLatent(const at::Tensor& w_enc) { return w_enc.t().contiguous().t(); }

void ProjectOutDecoderRows(const at::Tensor& w_dec, at::Tensor& gradient) {
  // Only the direction of a decoder row is free to learn, and not its length.
  const at::Tensor along = (gradient * w_dec).sum(1, /*keepdim=*/true);  // [d_sae, 1]
  gradient.addcmul_(w_dec, along, -1);
}

void NormaliseDecoderRows(at::Tensor& w_dec) {
  w_dec.div_(at::linalg_vector_norm(w_dec, 2, {1}, /*keepdim=*/true));
}

}  // namespace saelaw
