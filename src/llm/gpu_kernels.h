// The kernels of the CUDA library for a Llama block in bf16, on tensors: each takes one pass over
// memory where LibTorch's operations take two to five.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "llm/gpu/table.h"

namespace saelaw {

// Opens them, once; does nothing when they are open. Throws as GpuTable.
void OpenLlamaKernels(const std::string& path);

// Whether they are open and made for these numbers: bf16 on a GPU, widths that 16 divides.
bool LlamaKernelsApply(const at::Tensor& x);

// x += delta (unless undefined), then RmsNorm of x. x and delta: [..., width], contiguous.
at::Tensor AddNormByKernel(at::Tensor& x,
                           const at::Tensor& delta,
                           const at::Tensor& weight,
                           double eps);

// Turns the first `rotated` heads of [batch, context, heads, head_dim] in place; tables
// [context, 1, head_dim].
void RotateByKernel(at::Tensor& heads,
                    std::int64_t rotated,
                    const at::Tensor& cosine,
                    const at::Tensor& sine);

// silu(gate)·up: [..., width] of [..., 2 width], contiguous.
at::Tensor GateByKernel(const at::Tensor& gate_up);

// Takes another table's place until called with the former one, which it returns. Null: none.
const SaelawLlamaTable* SetLlamaTableForTest(const SaelawLlamaTable* table);

}  // namespace saelaw
