// Between LibTorch's tensors and the rows of the CPU kernels.
#pragma once

#include <ATen/core/Tensor.h>

#include "sae/cpu_model.h"

namespace saelaw {

// A tensor over rows that others own: [count, width].
at::Tensor TensorOver(const Rows<float>& rows, std::size_t count, std::size_t width);
at::Tensor TensorOver(const Rows<Bf16>& rows, std::size_t count, std::size_t width);

// The same numbers in memory of MapZeroed: [rows, width], contiguous.
at::Tensor InLargePages(const at::Tensor& tensor);

// out = a·b. Where the CPU has no instructions for bf16 (`native` false), bf16 operands are
// multiplied as fp32, which is faster there than what LibTorch would do and rounds less.
void MultiplyInto(const at::Tensor& a, const at::Tensor& b, bool native, at::Tensor out);

}  // namespace saelaw
