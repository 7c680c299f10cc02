#include "sae/reference/products.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

// 1 + 2^-9 lies half way between bf16's neighbours of 1, and goes to the even one.
TEST(Operand, IsRoundedWhereThePrecisionSaysSo) {
  const at::Tensor tensor = at::full({1, 1}, 1 + 1.0 / 512, at::kFloat);
  SaeObjective objective;
  objective.precision = Precision::kFp32;
  EXPECT_TRUE(at::equal(Operand(tensor, objective), tensor));
  objective.precision = Precision::kBf16;
  EXPECT_EQ(Operand(tensor, objective).scalar_type(), at::kBFloat16);
  EXPECT_EQ(Operand(tensor, objective).item<float>(), 1);
}

TEST(Product, IsInTheTypeOfTheMasters) {
  const at::Tensor a = at::full({2, 3}, 2, at::kBFloat16);
  const at::Tensor product = Product(a, a.t(), at::kFloat);
  EXPECT_EQ(product.scalar_type(), at::kFloat);
  EXPECT_EQ(product[1][0].item<float>(), 12);
}

}  // namespace
}  // namespace saelaw
