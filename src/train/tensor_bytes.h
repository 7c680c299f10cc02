// Between LibTorch's tensors and the bytes of a safetensors file; for train/ alone.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "tensors/safetensors_stream.h"

namespace saelaw {

// A tensor as fp32 in rows, brought to the host and into that order a few rows at a time: of a
// large one that lies otherwise (w_enc by latent, or on a device) there is never a whole copy. The
// tensor is shared, and must not change before it is written.
TensorStream MakeStream(const std::string& name, const at::Tensor& tensor);

// A copy of an F32 tensor of a file, on `device`. Throws IoError for another type.
at::Tensor FromView(const TensorView& view, at::Device device);

}  // namespace saelaw
