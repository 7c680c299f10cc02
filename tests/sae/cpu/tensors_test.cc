#include "sae/cpu/tensors.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

// bf16 keeps 8 significant bits: half a unit in the last place, and a little for the sums' order.
constexpr double kRounding = 1.0 / 256;

// Small whole numbers, which bf16 holds; their products do not fit it. No two sizes begin alike.
at::Tensor Numbers(std::int64_t rows, std::int64_t columns, at::ScalarType type) {
  const at::Tensor numbers = (at::arange(rows * columns, at::kFloat) + rows).remainder(61) - 30;
  return numbers.view({rows, columns}).to(type);
}

void ExpectNear(const at::Tensor& actual, const at::Tensor& expected, double tolerance) {
  const double largest = expected.abs().max().item<double>();
  const double apart = (actual.to(at::kFloat) - expected).abs().max().item<double>();
  EXPECT_LE(apart, tolerance * largest);
}

struct Form {
  at::ScalarType operands;
  bool native;
  double rounding;  // of a product that is handed out in fp32
};

class Product : public testing::TestWithParam<Form> {
 protected:
  // An activation's matrix comes transposed, and so does a weight's.
  at::Tensor a = Numbers(40, 70, GetParam().operands).t();
  at::Tensor b = Numbers(50, 40, GetParam().operands).t();
  at::Tensor expected = at::mm(a.to(at::kFloat), b.to(at::kFloat));
  bool native = GetParam().native;
  ProductRoom room;
};

TEST_P(Product, IsWrittenInTheOperandsType) {
  for (int turn = 0; turn < 2; ++turn) {  // the second in rooms that were used
    at::Tensor out = at::full({70, 50}, 7, GetParam().operands);
    MultiplyInto(a, b, native, room, out);
    ExpectNear(out, expected, GetParam().operands == at::kFloat ? 0 : kRounding);
  }
}

TEST_P(Product, IsAddedInFp32) {
  const at::Tensor begin = Numbers(70, 50, at::kFloat);
  const at::Tensor sum = begin.clone();
  MultiplyAdd(a, b, native, room, sum);
  MultiplyAdd(a, b, native, room, sum);
  ExpectNear(sum, begin + 2 * expected, GetParam().rounding);
}

INSTANTIATE_TEST_SUITE_P(Forms,
                         Product,
                         testing::Values(Form{at::kFloat, true, 0},
                                         Form{at::kBFloat16, true, kRounding},
                                         Form{at::kBFloat16, false, 0}));

TEST(Operand, OfManyProductsIsWidenedOnceInPlace) {
  Buffer<float> room;
  const at::Tensor narrow = Numbers(6, 4, at::kBFloat16).t();
  const at::Tensor wide = AsOperand(narrow, /*native=*/false, room);
  EXPECT_EQ(wide.const_data_ptr(), room.data());
  EXPECT_EQ(wide.strides(), narrow.strides());
  EXPECT_TRUE(at::equal(wide, narrow.to(at::kFloat)));

  ProductRoom other;
  at::Tensor out = at::empty({4, 4}, at::kFloat);
  MultiplyInto(wide, wide.t(), /*native=*/false, other, out);
  EXPECT_EQ(other.left.data(), nullptr);
  EXPECT_EQ(AsOperand(narrow, /*native=*/true, room).const_data_ptr(), narrow.const_data_ptr());
}

}  // namespace
}  // namespace saelaw
