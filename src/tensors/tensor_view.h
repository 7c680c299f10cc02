// A named tensor inside a memory-mapped file: what both weight formats give out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

enum class TensorType {
  kF64,
  kF32,
  kF16,
  kBF16,
  kI64,
  kI32,
  kI16,
  kI8,
  kU8,
  kBool,
  kU64,
  kU32,
  kU16,
  kQ8_0,  // blocks of 32: fp16 scale, 32 int8
  kQ4_0,  // blocks of 32: fp16 scale, 32 nibbles around 8
  kQ4_1,  // blocks of 32: fp16 scale, fp16 minimum, 32 nibbles
};

// "F32", "BF16", "Q4_1": the name that messages use.
std::string_view TensorTypeName(TensorType type);

// Bytes that a tensor of this type and shape takes. Nothing when a dimension is negative, the
// number of elements or bytes exceeds 2^63-1, or rows are not a whole number of blocks.
std::optional<std::uint64_t> TensorBytes(TensorType type, std::span<const std::int64_t> shape);

// Valid while the file object that gave it out lives. `bytes` has exactly the size that type and
// shape imply; this is checked when the file is opened. The bytes may lie at any alignment.
struct TensorView {
  std::string name;
  TensorType type = TensorType::kF32;
  std::vector<std::int64_t> shape;  // row major, outermost first (GGUF's order is turned round)
  std::span<const std::byte> bytes;

  std::int64_t size() const;  // number of elements; 1 for a scalar (empty shape)
};

// The elements as fp32, dequantised where the type is a quantised one. `out.size()` must be
// `view.size()`. Integer types are an IoError.
void CopyAsFloat(const TensorView& view, std::span<float> out);

}  // namespace saelaw
