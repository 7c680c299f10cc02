// There are three ways to one product, chosen by what the machine has: packed tiles (AMX),
// LibTorch's bf16 kernels, or fp32 where bf16 would be emulated.
#include "llm/cpu_matrix.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/native/CPUBlas.h>

namespace saelaw {
namespace {

// Columns of one product by LibTorch: fewer than a vocabulary, whose logits would be large.
constexpr std::int64_t kLinearColumns = 2048;
static_assert(kLinearColumns % CpuMatrix::kTileColumns == 0);

// [out, in] → [out / 64 rounded up, in / 2, 64, 2], with zeros for the rows that are not there.
at::Tensor Packed(const at::Tensor& weight) {
  constexpr std::int64_t kColumns = CpuMatrix::kTileColumns;
  const std::int64_t out = weight.size(0);
  const std::int64_t panels = (out + kColumns - 1) / kColumns;
  const at::Tensor whole = at::zeros({panels * kColumns, weight.size(1)}, weight.options());
  whole.narrow(0, 0, out).copy_(weight);
  return whole.view({panels, kColumns, weight.size(1) / 2, 2}).transpose(1, 2).contiguous();
}

}  // namespace

bool HasPackedProducts() { return at::native::cpublas::could_pack(at::kBFloat16); }

bool HasBf16Products() {
#if defined(__x86_64__)
  return HasPackedProducts() || __builtin_cpu_supports("avx512bf16");
#else
  return true;  // LibTorch knows best
#endif
}

void ReleasePackedProducts() {
  if (HasPackedProducts()) at::native::cpublas::brgemm_release();
}

void MultiplyPacked(const at::BFloat16* a,
                    std::int64_t a_stride,
                    std::int64_t rows,
                    std::int64_t depth,
                    const at::BFloat16* b,
                    bool add,
                    std::int64_t stride,
                    float* c) {
  constexpr std::int64_t kColumns = CpuMatrix::kTileColumns;
  // LibTorch names the packing of pairs after the instructions that want it, VNNI.
  at::native::cpublas::brgemm(
      rows, kColumns, depth, a_stride, kColumns, stride, add, a, b, c, /*is_vnni=*/true);
}

CpuMatrix::CpuMatrix(const at::Tensor& weight) : in_(weight.size(1)), out_(weight.size(0)) {
  if (HasPackedProducts()) {
    packed_ = Packed(weight);
  } else {
    weight_ = HasBf16Products() ? weight : weight.to(at::kFloat);
  }
}

void CpuMatrix::Multiply(const at::BFloat16* x,
                         std::int64_t rows,
                         float* scratch,
                         c10::function_ref<void(const ProductTile&)> use) const {
  if (!packed_.defined()) {
    const at::Tensor input =
        at::from_blob(const_cast<at::BFloat16*>(x), {rows, in_}, at::dtype(at::kBFloat16));
    const at::Tensor operand = input.to(weight_.scalar_type());
    for (std::int64_t column = 0; column < out_; column += kLinearColumns) {
      const std::int64_t count = std::min(kLinearColumns, out_ - column);
      const at::Tensor product =
          at::linear(operand, weight_.narrow(0, column, count)).to(at::kFloat);
      use({product.const_data_ptr<float>(), count, 0, rows, column, count});
    }
    return;
  }
  const auto* panels = packed_.const_data_ptr<at::BFloat16>();
  for (std::int64_t row = 0; row < rows; row += kTileRows) {
    const std::int64_t count = std::min(kTileRows, rows - row);
    // All columns of these rows come first: the rows stay in the cache while the matrix streams by.
    for (std::int64_t column = 0; column < out_; column += kTileColumns) {
      MultiplyPacked(
          x + row * in_, in_, count, in_, panels + column * in_, false, kTileColumns, scratch);
      use({scratch, kTileColumns, row, count, column, std::min(kTileColumns, out_ - column)});
    }
  }
}

}  // namespace saelaw
