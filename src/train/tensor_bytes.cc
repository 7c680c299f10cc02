// A tensor is brought over in pieces of whole rows. Only one piece at a time is converted to fp32,
// moved to the host and put in order, however large the tensor is and wherever it lies.
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
  // A scalar has no rows to be split into, so it is looked at as one row of one number.
  const at::Tensor rows = tensor.dim() == 0 ? tensor.view({1}) : tensor;
  const std::int64_t row_numbers = std::max<std::int64_t>(1, rows.numel() / rows.size(0));
  const std::int64_t together = std::max<std::int64_t>(1, kPieceNumbers / row_numbers);
  for (const at::Tensor& piece : rows.split(together)) {
    const at::Tensor host = piece.to(at::kCPU, at::kFloat).contiguous();
    take({static_cast<const std::byte*>(host.const_data_ptr()), host.nbytes()});
  }
}

}  // namespace

TensorStream MakeStream(const std::string& name, const at::Tensor& tensor) {
  // The lambda holds a reference to the tensor's memory, which therefore lives until it is written.
  return {name, TensorType::kF32, tensor.sizes().vec(), [tensor](const TensorStream::Take& take) {
            GiveRows(tensor, take);
          }};
}

at::Tensor FromView(const TensorView& view, at::Device device) {
  if (view.type != TensorType::kF32) {
    throw IoError(fmt::format("tensor {} is not F32", view.name));
  }
  // The bytes of the view belong to the file and may lie at any address, so they are copied.
  const at::Tensor tensor = at::empty(view.shape, at::kFloat);
  std::memcpy(tensor.mutable_data_ptr(), view.bytes.data(), view.bytes.size());
  return tensor.to(device);
}

}  // namespace saelaw
