// Products with a bf16 matrix on the CPU whose results are used while they lie in the cache, and
// never stored as a whole.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>
#include <c10/util/FunctionRef.h>

namespace saelaw {

// Some columns of a product's rows, fp32: element (r, c) is data[r * stride + c], and belongs to
// row first_row + r and column first_column + c.
struct ProductTile {
  const float* data = nullptr;
  std::int64_t stride = 0;
  std::int64_t first_row = 0, rows = 0;
  std::int64_t first_column = 0, columns = 0;

  const float* Row(std::int64_t r) const { return data + r * stride; }
};

// Immutable; may be used by several threads at once, each of which computes alone. The product of
// a row does not depend on what other rows there are.
class CpuMatrix {
 public:
  // A tile's first_column is a multiple of this, and so are its columns, save at the matrix's end.
  static constexpr std::int64_t kTileColumns = 64;

  CpuMatrix() = default;
  // weight: bf16 [out, in], `in` even. The matrix is packed where the machine has kernels for it
  // (AMX), and else kept as it is for LibTorch's linear.
  explicit CpuMatrix(const at::Tensor& weight);

  // x: [rows, in]. Hands all tiles of x · weightᵀ to `use`, in any order. `scratch` has room for
  // kScratch numbers.
  void Multiply(const at::BFloat16* x,
                std::int64_t rows,
                float* scratch,
                c10::function_ref<void(const ProductTile&)> use) const;
  static constexpr std::int64_t kTileRows = 256;
  static constexpr std::int64_t kScratch = kTileRows * kTileColumns;

  std::int64_t out() const { return out_; }

 private:
  std::int64_t in_ = 0, out_ = 0;
  at::Tensor weight_;  // bf16 [out, in]; undefined when packed
  at::Tensor packed_;  // bf16 [out / 64 rounded up, in / 2, 64, 2]: pairs of inputs side by side
};

// `operand` (bf16) as LibTorch multiplies it fastest here: without AVX-512 its bf16 products are
// many times slower than those of the same numbers in fp32, which round less.
at::Tensor ForLibTorch(const at::Tensor& operand);

// Whether this machine has kernels for packed bf16 matrices. They are to be released by a thread
// that has multiplied, when it turns to other work.
bool HasPackedProducts();
void ReleasePackedProducts();

// c [rows, 64] of stride `stride` = (c +) a [rows, depth] · b, where b is packed: bf16 [depth / 2,
// 64, 2]; `depth` is even. Only when HasPackedProducts().
void MultiplyPacked(const at::BFloat16* a,
                    std::int64_t a_stride,
                    std::int64_t rows,
                    std::int64_t depth,
                    const at::BFloat16* b,
                    bool add,
                    std::int64_t stride,
                    float* c);

}  // namespace saelaw
