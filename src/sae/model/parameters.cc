#include "sae/model/parameters.h"

#include <ATen/ATen.h>

namespace saelaw {

at::Tensor StoredByLatent(const at::Tensor& w_enc) { return w_enc.t().contiguous().t(); }

void ProjectOutDecoderRows(const at::Tensor& w_dec, at::Tensor& gradient) {
  const at::Tensor along = (gradient * w_dec).sum(1, /*keepdim=*/true);  // [d_sae, 1]
  gradient.addcmul_(w_dec, along, -1);
}

void NormaliseDecoderRows(at::Tensor& w_dec) {
  w_dec.div_(at::linalg_vector_norm(w_dec, 2, {1}, /*keepdim=*/true));
}

}  // namespace saelaw
