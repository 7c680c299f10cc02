// The JSON is read as a stream of events and not as a tree: the file is a stranger's, and a header
// of 100 MB of brackets must cost neither memory nor stack. The format allows three levels, and
// everything else is refused where it begins.
#include "tensors/safetensors_header.h"

#include <limits>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "tensors/message.h"

namespace saelaw {
namespace {

std::optional<TensorType> TypeNamed(std::string_view name) {
  // The names of the format; the quantised types of GGUF have none in it.
  static constexpr std::pair<std::string_view, TensorType> kTypes[] = {
      {"F64", TensorType::kF64},
      {"F32", TensorType::kF32},
      {"F16", TensorType::kF16},
      {"BF16", TensorType::kBF16},
      {"I64", TensorType::kI64},
      {"I32", TensorType::kI32},
      {"I16", TensorType::kI16},
      {"I8", TensorType::kI8},
      {"U8", TensorType::kU8},
      {"BOOL", TensorType::kBool},
      {"U64", TensorType::kU64},
      {"U32", TensorType::kU32},
      {"U16", TensorType::kU16},
  };
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  return std::nullopt;
}

// Receives the parser's events. Depth 1 is the header's object, 2 one entry or __metadata__, 3 a
// shape or data_offsets array; every other nesting is refused where it begins.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit HeaderReader(const std::filesystem::path& path) : path_(path) {}

  SafetensorsHeader Take() { return std::move(header_); }

  bool null() override { Unexpected("null"); }
  bool boolean(bool) override { Unexpected("a boolean"); }
  bool number_integer(number_integer_t) override { Unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { Unexpected("a fraction"); }
  bool binary(binary_t&) override { Unexpected("binary data"); }
  bool number_unsigned(number_unsigned_t value) override;
  bool string(string_t& value) override;
  bool start_object(std::size_t) override;
  bool key(string_t& name) override;
  bool end_object() override;
  bool start_array(std::size_t) override;
  bool end_array() override;
  bool parse_error(std::size_t position,
                   const std::string&,
                   const nlohmann::json::exception&) override {
    Refuse(path_, "the header is not valid JSON at its byte {}", position);
  }

 private:
  [[noreturn]] void Unexpected(std::string_view what) const {
    Refuse(path_, "header: unexpected {} in {}", what, Quote(entry_));
  }
  [[noreturn]] void RefuseType(const std::string& name) const;
  void CheckComplete() const;

  const std::filesystem::path& path_;
  SafetensorsHeader header_;
  int depth_ = 0;
  bool in_metadata_ = false;
  std::string entry_;  // key at depth 1
  std::string field_;  // key at depth 2
  SafetensorsEntry pending_;
  bool has_type_ = false;
  bool has_shape_ = false;
  std::vector<std::uint64_t> offsets_;
};

// Only shapes and offsets hold numbers, and both are arrays.
bool HeaderReader::number_unsigned(number_unsigned_t value) {
  if (depth_ != 3) Unexpected("a number");
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    Unexpected("a number above 2^63-1");
  }
  if (field_ == "shape") {
    // NumPy allows as many; a longer shape is an attempt to use memory.
    if (pending_.shape.size() == 64) Unexpected("a shape of more than 64 dimensions");
    pending_.shape.push_back(static_cast<std::int64_t>(value));
  } else {
    if (offsets_.size() == 2) Unexpected("a third data offset");
    offsets_.push_back(value);
  }
  return true;
}

bool HeaderReader::string(string_t& value) {
  // Values of the metadata are strings, whatever their key.
  if (depth_ == 2 && in_metadata_) {
    if (!header_.metadata.emplace(field_, std::move(value)).second) {
      Refuse(path_, "duplicate metadata {}", Quote(field_));
    }
    return true;
  }
  if (depth_ != 2 || field_ != "dtype" || has_type_) Unexpected("a string");
  const std::optional<TensorType> type = TypeNamed(value);
  if (!type) RefuseType(value);
  pending_.type = *type;
  has_type_ = true;
  return true;
}

// F8_E4M3 and its like, F4 and complex numbers are the format's own, and no damage.
void HeaderReader::RefuseType(const std::string& name) const {
  const bool known =
      name.starts_with("F8_") || name.starts_with("F6_") || name == "F4" || name == "C64";
  if (!known) Refuse(path_, "tensor {} has an unknown dtype {}", Quote(entry_), Quote(name));
  throw ConfigurationError(
      fmt::format("{}: tensor {} has dtype {}, which cannot be read: save the model as F32, F16 or "
                  "BF16",
                  path_.string(),
                  Quote(entry_),
                  name));
}

bool HeaderReader::start_object(std::size_t) {
  if (depth_ >= 2) Unexpected("a nested object");
  ++depth_;
  return true;
}

bool HeaderReader::key(string_t& name) {
  if (depth_ == 2) {
    field_ = std::move(name);
    return true;
  }
  // At depth 1 a key is the name of a tensor, or the one name that the format keeps for itself.
  entry_ = std::move(name);
  in_metadata_ = entry_ == "__metadata__";
  // A new entry begins, and nothing of the one before must show in it.
  pending_ = {};
  has_type_ = has_shape_ = false;
  offsets_.clear();
  return true;
}

bool HeaderReader::end_object() {
  if (depth_ == 2 && !in_metadata_) {
    // What is missing can be told only when the entry ends.
    CheckComplete();
    pending_.begin = offsets_[0];
    pending_.end = offsets_[1];
    if (!header_.entries.emplace(entry_, std::move(pending_)).second) {
      Refuse(path_, "duplicate tensor {}", Quote(entry_));
    }
  }
  --depth_;
  return true;
}

void HeaderReader::CheckComplete() const {
  if (!has_type_ || !has_shape_ || offsets_.size() != 2) {
    Refuse(path_, "tensor {} lacks dtype, shape or two data_offsets", Quote(entry_));
  }
}

bool HeaderReader::start_array(std::size_t) {
  // Each of the two arrays may come once.
  const bool shape = field_ == "shape" && !has_shape_;
  const bool offsets = field_ == "data_offsets" && offsets_.empty();
  if (depth_ != 2 || in_metadata_ || !(shape || offsets)) Unexpected("an array");
  ++depth_;
  return true;
}

bool HeaderReader::end_array() {
  if (field_ == "shape") has_shape_ = true;
  --depth_;
  return true;
}

}  // namespace

SafetensorsHeader ParseSafetensorsHeader(const std::filesystem::path& path, std::string_view json) {
  // The format demands the brace as the first byte; the parser would skip white space before it.
  if (json.empty() || json.front() != '{') Refuse(path, "the header does not begin with '{{'");
  HeaderReader reader(path);
  nlohmann::json::sax_parse(json.begin(), json.end(), &reader);
  return reader.Take();
}

}  // namespace saelaw
