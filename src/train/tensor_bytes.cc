#include "train/tensor_bytes.h"

#include <algorithm>
#include <cstring>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {

namespace {

constexpr std::int64_t kPieceNumbers = std::int64_t{1} << 18;  // 1 MiB

void GiveRows(const at::Tensor& tensor, const TensorStream::Take& take) {
  const at::Tensor rows = tensor.dim() == 0 ? tensor.view({1}) : tensor;
  const std::int64_t row_numbers = std::max<std::int64_t>(1, rows.numel() / rows.size(0));
  const std::int64_t together = std::max<std::int64_t>(1, kPieceNumbers / row_numbers);
  for (const at::Tensor& piece : rows.split(together)) {
    const at::Tensor host = piece.to(at::kCPU, at::kFloat).contiguous();
    take({static_cast<const std::byte*>(host.const_data_ptr()), host.nbytes()});
  }
}

}  // namespace

TensorStream StreamOf(const std::string& name, const at::Tensor& tensor) {
  return {name, TensorType::kF32, tensor.sizes().vec(), [tensor](const TensorStream::Take& take) {
            GiveRows(tensor, take);
          }};
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
