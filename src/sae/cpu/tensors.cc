// LibTorch's products are used on memory that it does not own, with strides that it is told.
// Results go to buffers that are kept, because temporaries of this size would be mapped anew every
// time.
#include "sae/cpu/tensors.h"

#include <ATen/ATen.h>

namespace saelaw {
namespace {

// This copies nothing: the tensor is a view, and the rows must outlive it.
template <typename T>
at::Tensor Over(const Rows<T>& rows, std::size_t count, std::size_t width, at::ScalarType type) {
  return at::from_blob(rows.data,
                       {static_cast<std::int64_t>(count), static_cast<std::int64_t>(width)},
                       {static_cast<std::int64_t>(rows.stride), 1},
                       at::TensorOptions().dtype(type));
}

// Gives an fp32 tensor of the shape and order of `like`, without gaps. Order matters, since a
// transposed operand would else be copied number by number against the grain.
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
  // The deleter is copied into the tensor, which frees the memory with its last reference.
  auto memory = MapZeroed(tensor.nbytes());
  const FreeMapped free = memory.get_deleter();
  at::Tensor copy = at::from_blob(
      memory.get(), tensor.sizes(), [free](void* data) { free(data); }, tensor.options());
  memory.release();
  return copy.copy_(tensor);
}

at::Tensor AsOperand(const at::Tensor& tensor, bool native, Buffer<float>& room) {
  // The tensor is used as it is where the CPU can multiply it. Anything else is widened to fp32,
  // which loses nothing.
  if (native || tensor.scalar_type() == at::kFloat) return tensor;
  return TensorIn(room, tensor).copy_(tensor);
}

void MultiplyInto(
    const at::Tensor& a, const at::Tensor& b, bool native, ProductRoom& room, at::Tensor out) {
  const at::Tensor left = AsOperand(a, native, room.left);
  const at::Tensor right = AsOperand(b, native, room.right);
  // A result of the operands' own type needs no detour. Otherwise the product is made in fp32 first
  // and then rounded once.
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
  // The fp32 product adds inside of the multiplication, where nothing is rounded in between.
  if (left.scalar_type() == at::kFloat) {
    sum.addmm_(left, right);
  } else {
    // Added as it is, LibTorch would make an fp32 copy of its own every time.
    sum.add_(TensorIn(room.out, sum).copy_(at::mm(left, right)));
  }
}

}  // namespace saelaw
