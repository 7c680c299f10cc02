// Between LibTorch's tensors and the bytes of a safetensors file; for train/ alone.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "tensors/tensor_view.h"

namespace saelaw {

// fp32 tensors under names, copied to the host where they are not there already.
class NamedTensors {
 public:
  void Add(const std::string& name, const at::Tensor& tensor);
  // Valid while this object lives and is not added to.
  std::vector<TensorView> Views() const;

 private:
  std::vector<std::pair<std::string, at::Tensor>> tensors_;
};

// A copy of an F32 tensor of a file, on `device`. Throws IoError for another type.
at::Tensor FromView(const TensorView& view, at::Device device);

}  // namespace saelaw
