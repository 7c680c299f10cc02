#include "sae/cpu_tensors.h"

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

void MultiplyInto(const at::Tensor& a, const at::Tensor& b, bool native, at::Tensor out) {
  if (a.scalar_type() == at::kBFloat16 && (!native || out.scalar_type() == at::kFloat)) {
    out.copy_(native ? at::mm(a, b) : at::mm(a.to(at::kFloat), b.to(at::kFloat)));
  } else {
    at::mm_out(out, a, b);
  }
}

}  // namespace saelaw
