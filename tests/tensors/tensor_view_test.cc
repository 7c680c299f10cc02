#include "tensors/tensor_view.h"

#include <limits>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(TensorBytes, FollowsTypeAndShape) {
  const auto bytes = [](TensorType type, std::vector<std::int64_t> shape) {
    return TensorBytes(type, shape);
  };
  EXPECT_EQ(bytes(TensorType::kF32, {2, 3}), 24);
  EXPECT_EQ(bytes(TensorType::kF64, {}), 8);
  EXPECT_EQ(bytes(TensorType::kQ8_0, {2, 64}), 2 * 2 * 34);
  EXPECT_EQ(bytes(TensorType::kQ4_0, {64}), 36);
  EXPECT_EQ(bytes(TensorType::kQ4_1, {64}), 40);
  EXPECT_EQ(bytes(TensorType::kF32, {0, 5}), 0);
}

TEST(TensorBytes, RefusesWhatCannotBe) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  const auto bytes = [](TensorType type, std::vector<std::int64_t> shape) {
    return TensorBytes(type, shape);
  };
  EXPECT_EQ(bytes(TensorType::kF32, {-1}), std::nullopt);
  EXPECT_EQ(bytes(TensorType::kF32, {kHuge}), std::nullopt);
  EXPECT_EQ(bytes(TensorType::kU8, {kHuge, 3}), std::nullopt);
  EXPECT_EQ(bytes(TensorType::kQ8_0, {64, 33}), std::nullopt);  // a row is not whole blocks
}

TEST(TensorTypeName, IsTheNameOfTheFormats) {
  EXPECT_EQ(TensorTypeName(TensorType::kBF16), "BF16");
  EXPECT_EQ(TensorTypeName(TensorType::kBool), "BOOL");
  EXPECT_EQ(TensorTypeName(TensorType::kQ4_1), "Q4_1");
}

TEST(TensorView, AScalarHasOneElement) {
  EXPECT_EQ((TensorView{"s", TensorType::kF32, {}, {}}).size(), 1);
  EXPECT_EQ((TensorView{"e", TensorType::kF32, {3, 0}, {}}).size(), 0);
  EXPECT_EQ((TensorView{"m", TensorType::kF32, {3, 4}, {}}).size(), 12);
}

}  // namespace
}  // namespace saelaw
