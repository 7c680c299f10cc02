// Stored weights as fp32. The layouts of the quantised blocks are those of GGML (ggml-common.h:
// block_q8_0, block_q4_0, block_q4_1): low nibbles are elements 0..15, high nibbles 16..31.
#include <bit>
#include <cassert>
#include <cstring>

#include "core/errors.h"
#include "tensors/message.h"
#include "tensors/tensor_view.h"

namespace saelaw {
namespace {

template <typename T>
T Load(const std::byte* from) {
  // The bytes are copied, since blocks of 18 or 34 bytes leave their numbers at any alignment.
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

float HalfToFloat(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
  const std::uint32_t magnitude = half & 0x7fffU;
  std::uint32_t bits = magnitude << 13;
  if (magnitude >= 0x7c00U) {
    bits |= 0x7f800000U;  // infinity or NaN, payload kept
  } else if (magnitude >= 0x0400U) {
    // The exponents of the two formats differ in their bias, 15 and 127.
    bits += (127U - 15U) << 23;
  } else {
    // A half without its leading one is a multiple of 2^-24, which a float holds exactly.
    bits = std::bit_cast<std::uint32_t>(static_cast<float>(magnitude) * 0x1p-24F);  // subnormal
  }
  return std::bit_cast<float>(bits | sign);
}

float LoadHalf(const std::byte* from) { return HalfToFloat(Load<std::uint16_t>(from)); }

// A bf16 number is the upper half of a float.
void Bf16Elements(const std::byte* from, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto bits = static_cast<std::uint32_t>(Load<std::uint16_t>(from + 2 * i)) << 16;
    out[i] = std::bit_cast<float>(bits);
  }
}

void HalfElements(const std::byte* from, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = LoadHalf(from + 2 * i);
}

void DoubleElements(const std::byte* from, std::span<float> out) {
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<float>(Load<double>(from + 8 * i));
}

constexpr std::size_t kBlock = 32;

// A block is its scale in fp16 and 32 signed bytes.
void Q8Block(const std::byte* block, float* out) {
  const float scale = LoadHalf(block);
  for (std::size_t i = 0; i < kBlock; ++i) {
    out[i] = scale * static_cast<float>(std::to_integer<std::int8_t>(block[2 + i]));
  }
}

// Two numbers of four bits a byte: the lower ones are the first half of the block, the upper ones
// the second.
void Nibbles(const std::byte* packed, float scale, int zero, float minimum, float* out) {
  for (std::size_t i = 0; i < kBlock / 2; ++i) {
    const int pair = std::to_integer<int>(packed[i]);
    out[i] = scale * static_cast<float>((pair & 15) - zero) + minimum;
    out[i + kBlock / 2] = scale * static_cast<float>((pair >> 4) - zero) + minimum;
  }
}

void Q40Block(const std::byte* block, float* out) {
  // Q4_0 counts from the middle: 8 means zero.
  Nibbles(block + 2, LoadHalf(block), 8, 0.0F, out);
}

void Q41Block(const std::byte* block, float* out) {
  // Q4_1 counts from a minimum of its own, which stands behind the scale.
  Nibbles(block + 4, LoadHalf(block), 0, LoadHalf(block + 2), out);
}

template <std::size_t kBytes, void (*kDecode)(const std::byte*, float*)>
void Blocks(const std::byte* from, std::span<float> out) {
  // The number of elements is a whole number of blocks: TensorBytes refuses other shapes.
  for (std::size_t i = 0; i < out.size() / kBlock; ++i) {
    kDecode(from + kBytes * i, out.data() + kBlock * i);
  }
}

}  // namespace

void CopyAsFloat(const TensorView& view, std::span<float> out) {
  assert(static_cast<std::int64_t>(out.size()) == view.size());
  // A view without elements may have no bytes to point to.
  if (out.empty()) return;
  const std::byte* from = view.bytes.data();
  switch (view.type) {
    case TensorType::kF64:
      return DoubleElements(from, out);
    case TensorType::kF32:
      std::memcpy(out.data(), from, out.size_bytes());
      return;
    case TensorType::kF16:
      return HalfElements(from, out);
    case TensorType::kBF16:
      return Bf16Elements(from, out);
    case TensorType::kQ8_0:
      return Blocks<34, Q8Block>(from, out);
    case TensorType::kQ4_0:
      return Blocks<18, Q40Block>(from, out);
    case TensorType::kQ4_1:
      return Blocks<20, Q41Block>(from, out);
    default:
      throw IoError(fmt::format("tensor {} holds integers ({}), not weights",
                                Quote(view.name),
                                TensorTypeName(view.type)));
  }
}

}  // namespace saelaw
