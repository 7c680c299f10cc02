// Between LibTorch's tensors and the rows of the CPU kernels.
#pragma once

#include <ATen/core/Tensor.h>

#include "sae/cpu/model.h"

namespace saelaw {

// A tensor over rows that others own: [count, width].
at::Tensor TensorOver(const Rows<float>& rows, std::size_t count, std::size_t width);
at::Tensor TensorOver(const Rows<Bf16>& rows, std::size_t count, std::size_t width);

// The same numbers in memory of MapZeroed: [rows, width], contiguous.
at::Tensor InLargePages(const at::Tensor& tensor);

// A matrix as LibTorch multiplies it: where the CPU has no instructions for bf16 (`native` false),
// fp32 of the same numbers, which is faster there than bf16 would be and rounds less.
at::Tensor AsOperand(const at::Tensor& tensor, bool native, Buffer<float>& room);

// out = a·b, of operands in either form; the result is rounded to bf16 where `out` is.
void MultiplyInto(
    const at::Tensor& a, const at::Tensor& b, bool native, ProductRoom& room, at::Tensor out);

// sum += a·b; sum is fp32. Products of bf16 are rounded to bf16 before they are added.
void MultiplyAdd(
    const at::Tensor& a, const at::Tensor& b, bool native, ProductRoom& room, at::Tensor sum);

}  // namespace saelaw
