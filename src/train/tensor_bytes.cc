#include "train/tensor_bytes.h"

#include <cstring>
#include <span>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "run/errors.h"

namespace saelaw {

void NamedTensors::Add(const std::string& name, const at::Tensor& tensor) {
  tensors_.emplace_back(name, tensor.to(at::kCPU, at::kFloat).contiguous());
}

std::vector<TensorView> NamedTensors::Views() const {
  std::vector<TensorView> views;
  for (const auto& [name, tensor] : tensors_) {
    const auto* bytes = static_cast<const std::byte*>(tensor.const_data_ptr());
    views.push_back({name,
                     TensorType::kF32,
                     tensor.sizes().vec(),
                     std::span<const std::byte>(bytes, tensor.nbytes())});
  }
  return views;
}

at::Tensor FromView(const TensorView& view, at::Device device) {
  if (view.type != TensorType::kF32) {
    throw IoError(fmt::format("tensor {} is not F32", view.name));
  }
  const at::Tensor tensor = at::empty(view.shape, at::kFloat);
  std::memcpy(tensor.mutable_data_ptr(), view.bytes.data(), view.bytes.size());
  return tensor.to(device);
}

}  // namespace saelaw
