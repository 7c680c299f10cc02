// What a type takes is one table for both formats. Sizes come from files of strangers: every
// product is checked for overflow, as a size that wrapped round would pass all later checks.
#include "tensors/tensor_view.h"

#include <limits>
#include <utility>

namespace saelaw {
namespace {

// Plain types are blocks of one element.
struct TypeTraits {
  std::string_view name;
  std::uint64_t block_bytes;
  std::uint64_t block_elements;
};

TypeTraits LookUpTraits(TensorType type) {
  switch (type) {
    case TensorType::kF64:
      return {"F64", 8, 1};
    case TensorType::kF32:
      return {"F32", 4, 1};
    case TensorType::kF16:
      return {"F16", 2, 1};
    case TensorType::kBF16:
      return {"BF16", 2, 1};
    case TensorType::kI64:
      return {"I64", 8, 1};
    case TensorType::kI32:
      return {"I32", 4, 1};
    case TensorType::kI16:
      return {"I16", 2, 1};
    case TensorType::kI8:
      return {"I8", 1, 1};
    case TensorType::kU8:
      return {"U8", 1, 1};
    case TensorType::kBool:
      return {"BOOL", 1, 1};
    case TensorType::kU64:
      return {"U64", 8, 1};
    case TensorType::kU32:
      return {"U32", 4, 1};
    case TensorType::kU16:
      return {"U16", 2, 1};
    case TensorType::kQ8_0:
      return {"Q8_0", 34, 32};
    case TensorType::kQ4_0:
      return {"Q4_0", 18, 32};
    case TensorType::kQ4_1:
      return {"Q4_1", 20, 32};
  }
  // The switch names all types; a value outside the enum is our own bug.
  return {"?", 1, 1};
}

}  // namespace

std::string_view TensorTypeName(TensorType type) { return LookUpTraits(type).name; }

std::optional<std::uint64_t> TensorBytes(TensorType type, std::span<const std::int64_t> shape) {
  constexpr std::uint64_t kLimit = std::numeric_limits<std::int64_t>::max();
  std::uint64_t elements = 1;
  for (const std::int64_t extent : shape) {
    std::uint64_t product = 0;
    if (extent < 0 ||
        __builtin_mul_overflow(elements, static_cast<std::uint64_t>(extent), &product)) {
      return std::nullopt;
    }
    elements = product;
  }
  const TypeTraits traits = LookUpTraits(type);
  // Blocks of quantised types never go over the end of a row.
  const std::uint64_t row = shape.empty() ? 1 : static_cast<std::uint64_t>(shape.back());
  if (row % traits.block_elements != 0) return std::nullopt;
  std::uint64_t bytes = 0;
  if (elements > kLimit ||
      __builtin_mul_overflow(elements / traits.block_elements, traits.block_bytes, &bytes) ||
      bytes > kLimit) {
    return std::nullopt;
  }
  return bytes;
}

std::int64_t TensorView::size() const {
  std::int64_t elements = 1;
  for (const std::int64_t extent : shape) elements *= extent;
  return elements;
}

}  // namespace saelaw
