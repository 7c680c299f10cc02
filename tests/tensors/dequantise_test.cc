// Stored weights as fp32: CopyAsFloat of tensors/tensor_view.h for every type.
#include <cmath>

#include <gtest/gtest.h>

#include "tensors/bytes.h"
#include "tensors/tensor_view.h"

namespace saelaw {
namespace {

std::vector<float> Decode(TensorType type, std::int64_t size, const std::string& bytes) {
  const TensorView view{"w", type, {size}, std::as_bytes(std::span(bytes))};
  std::vector<float> out(static_cast<std::size_t>(size));
  CopyAsFloat(view, out);
  return out;
}

// Values of the IEEE half and bfloat16 encodings.
TEST(CopyAsFloat, HalfPrecision) {
  const std::uint16_t halves[] = {0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x03ff, 0x8000, 0x7c00};
  std::string bytes;
  for (const std::uint16_t half : halves) bytes += Le(half);
  const auto out = Decode(TensorType::kF16, 8, bytes);
  const float subnormal = std::ldexp(1.0F, -24);
  const std::vector<float> expected = {
      1, -2, 65504, std::ldexp(1.0F, -14), subnormal, 1023 * subnormal, -0.0F, INFINITY};
  EXPECT_EQ(out, expected);
  EXPECT_TRUE(std::signbit(out[6]));
  EXPECT_TRUE(std::isnan(Decode(TensorType::kF16, 1, Le<std::uint16_t>(0x7e00))[0]));
}

TEST(CopyAsFloat, OtherFloats) {
  const std::string bf16 = Le<std::uint16_t>(0x3f80) + Le<std::uint16_t>(0xc049);
  EXPECT_EQ(Decode(TensorType::kBF16, 2, bf16), (std::vector<float>{1.0F, -3.140625F}));
  EXPECT_EQ(Decode(TensorType::kF32, 1, Le(0.1F)), std::vector<float>{0.1F});
  EXPECT_EQ(Decode(TensorType::kF64, 1, Le(0.1)), std::vector<float>{0.1F});
}

// value = scale * q, q a signed byte (block_q8_0 of ggml-common.h).
TEST(CopyAsFloat, Q8Blocks) {
  std::string block = Le<std::uint16_t>(0x3800);  // 0.5
  for (int i = 0; i < 32; ++i) block += static_cast<char>(i - 16);
  const auto out = Decode(TensorType::kQ8_0, 32, block);
  for (int i = 0; i < 32; ++i) {
    EXPECT_EQ(out[static_cast<std::size_t>(i)], 0.5F * static_cast<float>(i - 16));
  }
}

// The low nibble of byte i is element i, the high one element i + 16 (block_q4_0, block_q4_1).
TEST(CopyAsFloat, Q4Blocks) {
  std::string packed;
  for (int i = 0; i < 16; ++i) packed += static_cast<char>((15 - i) * 16 + i);
  const std::string two = Le<std::uint16_t>(0x4000);
  const std::string minus_one = Le<std::uint16_t>(0xbc00);
  const auto q40 = Decode(TensorType::kQ4_0, 32, two + packed);
  const auto q41 = Decode(TensorType::kQ4_1, 32, two + minus_one + packed);
  for (std::size_t i = 0; i < 16; ++i) {
    const auto low = static_cast<float>(i);
    EXPECT_EQ(q40[i], 2 * (low - 8));
    EXPECT_EQ(q40[i + 16], 2 * (15 - low - 8));
    EXPECT_EQ(q41[i], 2 * low - 1);
    EXPECT_EQ(q41[i + 16], 2 * (15 - low) - 1);
  }
}

TEST(CopyAsFloat, RefusesIntegers) {
  ExpectRefused([] { Decode(TensorType::kI32, 1, Le(7)); }, "'w'", "I32");
}

}  // namespace
}  // namespace saelaw
