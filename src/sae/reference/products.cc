// Both are one line; they stand apart so that the loss and the auxiliary loss round alike.
#include "sae/reference/products.h"

#include <ATen/ATen.h>

namespace saelaw {

at::Tensor Operand(const at::Tensor& tensor, const SaeObjective& objective) {
  return objective.precision == Precision::kBf16 ? tensor.to(at::kBFloat16) : tensor;
}

at::Tensor Product(const at::Tensor& a, const at::Tensor& b, at::ScalarType dtype) {
  return at::mm(a, b).to(dtype);
}

}  // namespace saelaw
