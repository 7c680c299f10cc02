#include "llm/cpu_matrix.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

// Sums of fewer than 256 ones are exact in bf16, which one of the ways to a product rounds to: the
// order of sums does not matter, and all ways give the same bits.
at::Tensor Integers(std::int64_t rows, std::int64_t columns) {
  return at::randint(-1, 2, {rows, columns}).to(at::kBFloat16);
}

at::Tensor Multiply(const CpuMatrix& matrix, const at::Tensor& x) {
  std::vector<float> scratch(static_cast<std::size_t>(CpuMatrix::kScratch));
  const at::Tensor product = at::full({x.size(0), matrix.out()}, -1000.F);
  matrix.Multiply(
      x.const_data_ptr<at::BFloat16>(), x.size(0), scratch.data(), [&](const ProductTile& tile) {
        EXPECT_EQ(tile.first_column % CpuMatrix::kTileColumns, 0);
        for (std::int64_t r = 0; r < tile.rows; ++r) {
          for (std::int64_t c = 0; c < tile.columns; ++c) {
            float& to = product.mutable_data_ptr<float>()[(tile.first_row + r) * matrix.out() +
                                                          tile.first_column + c];
            EXPECT_EQ(to, -1000.0F) << "an element was handed out twice";
            to = tile.Row(r)[c];
          }
        }
      });
  return product;
}

// Whole tiles and parts of them in every direction, and more columns than one product of LibTorch.
TEST(CpuMatrix, HandsOutEachElementOfTheProductOnce) {
  at::manual_seed(1);
  const struct {
    std::int64_t rows, in, out;
  } cases[] = {{1, 2, 1}, {3, 64, 64}, {300, 34, 130}, {5, 16, 2100}};
  for (const auto& [rows, in, out] : cases) {
    SCOPED_TRACE(testing::Message() << rows << " x " << in << " x " << out);
    const at::Tensor weight = Integers(out, in);
    const at::Tensor x = Integers(rows, in);
    const CpuMatrix matrix(weight);
    ASSERT_EQ(matrix.out(), out);
    const at::Tensor expected = x.to(at::kFloat).matmul(weight.to(at::kFloat).t());
    EXPECT_TRUE(at::equal(Multiply(matrix, x), expected));
  }
}

TEST(CpuMatrix, ARowDoesNotDependOnTheOthers) {
  at::manual_seed(2);
  const CpuMatrix matrix(at::randn({70, 48}).to(at::kBFloat16));
  const at::Tensor x = at::randn({20, 48}).to(at::kBFloat16);
  const at::Tensor together = Multiply(matrix, x);
  EXPECT_TRUE(at::equal(Multiply(matrix, x.narrow(0, 7, 1)), together.narrow(0, 7, 1)));
}

}  // namespace
}  // namespace saelaw
