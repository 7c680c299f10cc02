#include "sae/cpu/tensors.h"

#include <ATen/ATen.h>

namespace saelaw {
namespace {

template <typename T>
at::Tensor Over(const Rows<T>& rows, std::size_t count, std::size_t width, at::ScalarType type) {
  return at::from_blob(rows.data,
                       {static_cast<std::int64_t>(count), static_cast<std::int64_t>(width)},
                       {static_cast<std::int64_t>(rows.stride), 1},
                       at::TensorOptions().dtype(type));
}

// fp32, shaped and ordered as `like`, without gaps.
at::Tensor TensorIn(Buffer<float>& room, const at::Tensor& like) {
  const bool by_column = like.stride(0) < like.stride(1);
  const at::Tensor shape = by_column ? like.t() : like;
  const at::Tensor tensor = at::from_blob(
      room.Reserve(static_cast<std::size_t>(like.numel())), shape.sizes(), at::kFloat);
  return by_column ? tensor.t() : tensor;
}

}  // namespace

at::Tensor TensorOver(const Rows<float>& rows, std::size_t count, std::size_t width) {
  return Over(rows, count, width, at::kFloat);
}
at::Tensor TensorOver(const Rows<Bf16>& rows, std::size_t count, std::size_t width) {
  return Over(rows, count, width, at::kBFloat16);
}

at::Tensor InLargePages(const at::Tensor& tensor) {
  auto memory = MapZeroed(tensor.nbytes());
  const FreeMapped free = memory.get_deleter();
  at::Tensor copy = at::from_blob(
      memory.get(), tensor.sizes(), [free](void* data) { free(data); }, tensor.options());
  memory.release();
  return copy.copy_(tensor);
}

at::Tensor AsOperand(const at::Tensor& tensor, bool native, Buffer<float>& room) {
  if (native || tensor.scalar_type() == at::kFloat) return tensor;
  return TensorIn(room, tensor).copy_(tensor);
}

void MultiplyInto(
    const at::Tensor& a, const at::Tensor& b, bool native, ProductRoom& room, at::Tensor out) {
  const at::Tensor left = AsOperand(a, native, room.left);
  const at::Tensor right = AsOperand(b, native, room.right);
  if (out.scalar_type() == left.scalar_type()) {
    at::mm_out(out, left, right);
  } else {
    at::Tensor product = TensorIn(room.out, out);
    out.copy_(at::mm_out(product, left, right));
  }
}

void MultiplyAdd(
    const at::Tensor& a, const at::Tensor& b, bool native, ProductRoom& room, at::Tensor sum) {
  const at::Tensor left = AsOperand(a, native, room.left);
  const at::Tensor right = AsOperand(b, native, room.right);
  if (left.scalar_type() == at::kFloat) {
    sum.addmm_(left, right);
  } else {
    // Added as it is, LibTorch would make an fp32 copy of its own every time.
    sum.add_(TensorIn(room.out, sum).copy_(at::mm(left, right)));
  }
}

}  // namespace saelaw
