// A named tensor inside a memory-mapped file: what both weight formats give out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

enum class TensorType { kF64, kF32, kF16, kBF16, kI64, kI32, kI16, kI8, kU8, kBool, kU64, kU32, kU16, kQ8_0, kQ4_0, kQ4_1 };

// "F32", "BF16", "Q4_1": the name that messages use.
std::string_view TensorTypeName(TensorType type);

// Valid while the file object that gave it out lives. `bytes` has exactly the size that type and
// shape imply; this is checked when the file is opened.
struct TensorView {
  std::string name;
  TensorType type = TensorType::kF32;
  std::vector<std::int64_t> shape;  // row major, outermost first (GGUF's order is turned round)
  std::span<const std::byte> bytes;

  std::int64_t size() const;  // number of elements
};

// The elements as fp32, dequantised where the type is a quantised one. `out.size()` must be
// `view.size()`. Integer types are an IoError.
void CopyAsFloat(const TensorView& view, std::span<float> out);

}  // namespace saelaw
