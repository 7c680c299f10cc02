// Matrix products as the reference takes them: operands rounded where a run's precision says so,
// results in the type of the masters.
#pragma once

#include <ATen/core/Tensor.h>

#include "sae/model/objective.h"

namespace saelaw {

// A tensor as the products take it.
at::Tensor Operand(const at::Tensor& tensor, const SaeObjective& objective);

// a·b in the type of the masters.
at::Tensor Product(const at::Tensor& a, const at::Tensor& b, at::ScalarType dtype);

}  // namespace saelaw
