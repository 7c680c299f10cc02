// Everything is checked when the file is opened, so that whoever looks up a tensor later may use
// its bytes without a thought. Types that are not read are the exception: a file may hold some that
// nobody asks for, and is refused only when somebody does.
#include "tensors/gguf.h"

#include <array>
#include <cstring>
#include <fstream>
#include <utility>

#include "tensors/gguf_cursor.h"
#include "tensors/gguf_metadata.h"
#include "tensors/layout.h"
#include "tensors/lfs_pointer.h"
#include "tensors/message.h"

namespace saelaw {
namespace {

constexpr std::uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr std::uint32_t kMaxDimensions = 4;   // GGML_MAX_DIMS
constexpr std::int64_t kDefaultAlignment = 32;
// Shortest possible entries: a key's length, a type and a value; a name's length, the number of
// dimensions, a type and an offset.
constexpr std::uint64_t kMinMetadataBytes = 8 + 4 + 1;
constexpr std::uint64_t kMinTensorBytes = 8 + 4 + 4 + 8;

// The numbers are those of enum ggml_type in ggml.h.
std::optional<TensorType> TypeNumbered(std::uint32_t number) {
  switch (number) {
    case 0:
      return TensorType::kF32;
    case 1:
      return TensorType::kF16;
    case 2:
      return TensorType::kQ4_0;
    case 3:
      return TensorType::kQ4_1;
    case 8:
      return TensorType::kQ8_0;
    case 24:
      return TensorType::kI8;
    case 25:
      return TensorType::kI16;
    case 26:
      return TensorType::kI32;
    case 27:
      return TensorType::kI64;
    case 28:
      return TensorType::kF64;
    case 30:
      return TensorType::kBF16;
    default:
      return std::nullopt;
  }
}

// The names of those types of the same list that this reader does not know, for its message.
std::string TypeName(std::uint32_t number) {
  static const std::map<std::uint32_t, std::string_view> kNames = {
      {6, "Q5_0"},    {7, "Q5_1"},     {9, "Q8_1"},   {10, "Q2_K"},   {11, "Q3_K"},
      {12, "Q4_K"},   {13, "Q5_K"},    {14, "Q6_K"},  {15, "Q8_K"},   {16, "IQ2_XXS"},
      {17, "IQ2_XS"}, {18, "IQ3_XXS"}, {19, "IQ1_S"}, {20, "IQ4_NL"}, {21, "IQ3_S"},
      {22, "IQ2_S"},  {23, "IQ4_XS"},  {29, "IQ1_M"}, {34, "TQ1_0"},  {35, "TQ2_0"},
      {39, "MXFP4"},  {40, "NVFP4"}};
  const auto known = kNames.find(number);
  return known == kNames.end() ? fmt::format("number {}", number) : std::string(known->second);
}

// A tensor's entry as written.
struct TensorInfo {
  std::string name;
  std::vector<std::int64_t> shape;  // outermost first
  std::uint32_t type_number = 0;
  std::uint64_t offset = 0;  // from the start of the data section
};

void CheckPreamble(GgufCursor& cursor) {
  if (cursor.Read<std::uint32_t>() != kMagic) Refuse(cursor.path(), "not a GGUF file");
  const auto version = cursor.Read<std::uint32_t>();
  if (version != 2 && version != 3) {
    Refuse(cursor.path(), "GGUF version {} (this reader knows 2 and 3, little-endian)", version);
  }
}

std::vector<std::int64_t> ReadShape(GgufCursor& cursor, const std::string& name) {
  const auto dimensions = cursor.Read<std::uint32_t>();
  if (dimensions > kMaxDimensions) {
    Refuse(cursor.path(), "tensor {} has {} dimensions (at most 4)", Quote(name), dimensions);
  }
  std::vector<std::int64_t> shape(dimensions);
  // GGUF writes the innermost extent first.
  for (auto extent = shape.rbegin(); extent != shape.rend(); ++extent) {
    *extent = cursor.Read<std::int64_t>();
    if (*extent <= 0) Refuse(cursor.path(), "tensor {} has a dimension {}", Quote(name), *extent);
  }
  return shape;
}

TensorInfo ReadTensorInfo(GgufCursor& cursor) {
  TensorInfo info;
  info.name = cursor.ReadString();
  info.shape = ReadShape(cursor, info.name);
  info.type_number = cursor.Read<std::uint32_t>();
  info.offset = cursor.Read<std::uint64_t>();
  return info;
}

std::uint64_t ReadAlignment(const GgufFile& file) {
  const std::int64_t alignment = file.Integer("general.alignment").value_or(kDefaultAlignment);
  // The bound keeps the rounding below from overflowing on a damaged number.
  const bool power_of_two = alignment > 0 && (alignment & (alignment - 1)) == 0;
  if (!power_of_two || alignment > (1 << 20)) {
    Refuse(file.path(), "general.alignment is {}, not a power of two up to 2^20", alignment);
  }
  return static_cast<std::uint64_t>(alignment);
}

// The bytes after the header, from the next aligned position on; empty when there are none.
std::span<const std::byte> DataSection(const MappedFile& file,
                                       std::uint64_t header_end,
                                       std::uint64_t alignment) {
  // The data section begins at a multiple of the alignment, and offsets are counted from there.
  const std::uint64_t begin = (header_end + alignment - 1) / alignment * alignment;
  if (begin >= file.bytes().size()) return {};
  return file.bytes().subspan(begin);
}

TensorView MakeView(const std::filesystem::path& path,
                    TensorInfo info,
                    TensorType type,
                    std::span<const std::byte> data) {
  const auto bytes = TensorBytes(type, info.shape);
  if (!bytes) {
    Refuse(path, "tensor {} has an impossible size for {}", Quote(info.name), TensorTypeName(type));
  }
  // This is written so that no sum of two numbers from the file can wrap round.
  if (info.offset > data.size() || *bytes > data.size() - info.offset) {
    Refuse(path, "tensor {} lies beyond the file: truncated or damaged", Quote(info.name));
  }
  return {std::move(info.name), type, std::move(info.shape), data.subspan(info.offset, *bytes)};
}

// What the typed getters share: the key's value as T, null when it is absent. A value of another
// type is refused, since silence would mean a default that the file contradicts.
template <typename T>
const T* Get(const GgufFile& file, const std::string& key, const char* what) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end()) return nullptr;
  const T* value = std::get_if<T>(&found->second);
  if (value == nullptr) Refuse(file.path(), "metadata {} is not {}", Quote(key), what);
  return value;
}

template <typename T>
std::optional<T> Copy(const T* value) {
  return value == nullptr ? std::nullopt : std::optional<T>(*value);
}

}  // namespace

bool LooksLikeGguf(const std::filesystem::path& path) {
  std::error_code error;
  // This is asked of any path that a user named, before it is opened as anything.
  if (!std::filesystem::is_regular_file(path, error)) return false;  // a pipe would keep us waiting
  std::array<char, sizeof(kMagic)> first{};
  std::ifstream file(path, std::ios::binary);
  std::uint32_t magic = 0;
  if (!file.read(first.data(), first.size())) return false;
  std::memcpy(&magic, first.data(), sizeof(magic));
  return magic == kMagic;
}

GgufFile::GgufFile(const std::filesystem::path& path) : file_(path) {
  RefuseLfsPointer(path, file_.text());
  GgufCursor cursor(file_);
  CheckPreamble(cursor);
  // The count of tensors comes first in the file, the metadata before the tensors.
  const std::uint64_t tensor_count = cursor.ReadCount(kMinTensorBytes, "tensors");
  const std::uint64_t key_count = cursor.ReadCount(kMinMetadataBytes, "metadata keys");
  metadata_ = ReadGgufMetadata(cursor, key_count);
  ReadTensors(cursor, tensor_count);
}

void GgufFile::ReadTensors(GgufCursor& cursor, std::uint64_t count) {
  // All entries are read first: the data begin behind the last of them.
  std::vector<TensorInfo> infos;
  for (std::uint64_t i = 0; i < count; ++i) infos.push_back(ReadTensorInfo(cursor));
  const std::uint64_t alignment = ReadAlignment(*this);
  const auto data = DataSection(file_, cursor.position(), alignment);
  std::vector<TensorExtent> extents;
  for (TensorInfo& info : infos) {
    const std::string name = info.name;
    if (tensors_.contains(name) || unsupported_.contains(name)) {
      Refuse(path(), "duplicate tensor {}", Quote(name));
    }
    if (info.offset % alignment != 0) Refuse(path(), "tensor {} is not aligned", Quote(name));
    const auto type = TypeNumbered(info.type_number);
    if (!type) {
      unsupported_.emplace(name, info.type_number);
      continue;
    }
    const std::uint64_t begin = info.offset;
    const TensorView view = MakeView(path(), std::move(info), *type, data);
    // Tensors of types that are not read have no known size, and take no part in this check.
    extents.push_back({begin, begin + view.bytes.size(), name});
    tensors_.emplace(name, view);
  }
  CheckNoOverlap(path(), extents);
}

const TensorView* GgufFile::Find(const std::string& name) const {
  if (const auto found = unsupported_.find(name); found != unsupported_.end()) {
    throw ConfigurationError(
        fmt::format("{}: tensor {} has GGML type {}, which is not supported (F32, F16, BF16, Q8_0, "
                    "Q4_0 and Q4_1 are): convert the model to one of these",
                    path().string(),
                    Quote(name),
                    TypeName(found->second)));
  }
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

bool GgufFile::Has(const std::string& name) const {
  return tensors_.contains(name) || unsupported_.contains(name);
}

std::vector<std::string> GgufFile::TensorNames() const {
  std::vector<std::string> names;
  for (const auto& [name, view] : tensors_) names.push_back(name);
  for (const auto& [name, type] : unsupported_) names.push_back(name);
  return names;
}

std::optional<std::int64_t> GgufFile::Integer(const std::string& key) const {
  return Copy(Get<std::int64_t>(*this, key, "an integer"));
}

std::optional<double> GgufFile::Number(const std::string& key) const {
  const auto found = metadata_.find(key);
  if (found != metadata_.end()) {
    // Writers store round numbers (a rope base of 10000) as integers.
    const auto* whole = std::get_if<std::int64_t>(&found->second);
    if (whole != nullptr) return static_cast<double>(*whole);
  }
  return Copy(Get<double>(*this, key, "a number"));
}

std::optional<bool> GgufFile::Boolean(const std::string& key) const {
  return Copy(Get<bool>(*this, key, "a boolean"));
}

const std::string* GgufFile::String(const std::string& key) const {
  return Get<std::string>(*this, key, "a string");
}

const std::vector<std::string>* GgufFile::Strings(const std::string& key) const {
  return Get<std::vector<std::string>>(*this, key, "an array of strings");
}

const std::vector<std::int64_t>* GgufFile::Integers(const std::string& key) const {
  return Get<std::vector<std::int64_t>>(*this, key, "an array of integers");
}

const std::vector<double>* GgufFile::Numbers(const std::string& key) const {
  return Get<std::vector<double>>(*this, key, "an array of numbers");
}

}  // namespace saelaw
