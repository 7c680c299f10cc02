// The thirteen value types of the format become seven: readers care whether something is an
// integer, not how wide a writer stored it. Arrays of arrays do not occur in files of models, and
// are refused.
#include "tensors/gguf_metadata.h"

#include <limits>
#include <utility>

namespace saelaw {
namespace {

// gguf_metadata_value_type of the specification:
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
// The numbers stand in files; what they mean never changes.
enum class ValueType : std::uint32_t {
  kU8 = 0,
  kI8 = 1,
  kU16 = 2,
  kI16 = 3,
  kU32 = 4,
  kI32 = 5,
  kF32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kU64 = 10,
  kI64 = 11,
  kF64 = 12,
};

bool IsFloat(ValueType type) { return type == ValueType::kF32 || type == ValueType::kF64; }

// The least that one element of an array takes; it bounds a count before memory is allocated for
// it. A string or another array takes 8 bytes, those of its length.
std::uint64_t MinimumBytes(ValueType type) {
  switch (type) {
    case ValueType::kU8:
    case ValueType::kI8:
    case ValueType::kBool:
      return 1;
    case ValueType::kU16:
    case ValueType::kI16:
      return 2;
    case ValueType::kU32:
    case ValueType::kI32:
    case ValueType::kF32:
      return 4;
    default:
      return 8;
  }
}

// Reads one value; the key is for messages.
class ValueReader {
 public:
  ValueReader(GgufCursor& cursor, const std::string& key) : cursor_(cursor), key_(key) {}

  GgufValue Value() {
    const ValueType type = Type();
    if (type == ValueType::kArray) return Array();
    if (type == ValueType::kString) return cursor_.ReadString();
    if (IsFloat(type)) return Number(type);
    // A boolean is a byte.
    if (type == ValueType::kBool) return Integer(type) != 0;
    return Integer(type);
  }

 private:
  ValueType Type() {
    const auto number = cursor_.Read<std::uint32_t>();
    if (number > static_cast<std::uint32_t>(ValueType::kF64)) {
      Refuse(cursor_.path(), "metadata {} has an unknown type {}", Quote(key_), number);
    }
    return static_cast<ValueType>(number);
  }

  double Number(ValueType type) {
    if (type == ValueType::kF32) return static_cast<double>(cursor_.Read<float>());
    return cursor_.Read<double>();
  }

  std::int64_t Integer(ValueType type) {
    switch (type) {
      case ValueType::kI8:
        return cursor_.Read<std::int8_t>();
      case ValueType::kU16:
        return cursor_.Read<std::uint16_t>();
      case ValueType::kI16:
        return cursor_.Read<std::int16_t>();
      case ValueType::kU32:
        return cursor_.Read<std::uint32_t>();
      case ValueType::kI32:
        return cursor_.Read<std::int32_t>();
      case ValueType::kI64:
        return cursor_.Read<std::int64_t>();
      case ValueType::kU64:
        return Unsigned64();
      default:
        return cursor_.Read<std::uint8_t>();
    }
  }

  // No count or extent of a real file comes near the bound, and one type for integers is worth it.
  std::int64_t Unsigned64() {
    const auto value = cursor_.Read<std::uint64_t>();
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      Refuse(cursor_.path(), "metadata {} is above 2^63-1", Quote(key_));
    }
    return static_cast<std::int64_t>(value);
  }

  GgufValue Array() {
    const ValueType type = Type();
    if (type == ValueType::kArray) {
      Refuse(cursor_.path(), "metadata {} is an array of arrays", Quote(key_));
    }
    const std::uint64_t count = cursor_.ReadCount(MinimumBytes(type), "array elements");
    if (type == ValueType::kString) {
      return Collect<std::string>(count, [&] { return cursor_.ReadString(); });
    }
    if (IsFloat(type)) return Collect<double>(count, [&] { return Number(type); });
    return Collect<std::int64_t>(count, [&] { return Integer(type); });
  }

  template <typename T, typename ReadOne>
  static std::vector<T> Collect(std::uint64_t count, ReadOne read_one) {
    std::vector<T> values;
    // The count was compared with what is left of the file, so this cannot ask for too much.
    values.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) values.push_back(read_one());
    return values;
  }

  GgufCursor& cursor_;
  const std::string& key_;
};

}  // namespace

std::map<std::string, GgufValue> ReadGgufMetadata(GgufCursor& cursor, std::uint64_t count) {
  std::map<std::string, GgufValue> metadata;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string key = cursor.ReadString();
    GgufValue value = ValueReader(cursor, key).Value();
    // Of two values for one key neither is right.
    if (!metadata.emplace(key, std::move(value)).second) {
      Refuse(cursor.path(), "duplicate metadata {}", Quote(key));
    }
  }
  return metadata;
}

}  // namespace saelaw
