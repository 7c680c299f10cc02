// The header is a literal of a Python dictionary, but the format fixes its keys, so that a small
// parser suffices and nothing is evaluated. Only arrays of one dimension are read: a stream of
// tokens has no other shape.
#include "tensors/npy.h"

#include <cassert>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "tensors/message.h"

namespace saelaw {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

struct NpyHeader {
  std::string_view descr;
  std::int64_t size = 0;
};

// Reads the header's Python dictionary, of which the format fixes keys and kinds of value.
class HeaderParser {
 public:
  HeaderParser(const std::filesystem::path& path, std::string_view text)
      : path_(path), rest_(text) {}

  NpyHeader Parse() {
    NpyHeader header;
    // Each key has to be there, and once; an unknown one would change the meaning of the data.
    bool seen[3] = {};
    Expect('{');
    // A comma before the closing brace is allowed, as NumPy writes one.
    while (!Take('}')) {
      const std::string_view key = Quoted();
      Expect(':');
      Field(key, header, seen);
      if (!Take(',')) {
        Expect('}');
        break;
      }
    }
    SkipSpaces();
    // The header ends with spaces and a line end; anything else is no header.
    if (!rest_.empty() || !(seen[0] && seen[1] && seen[2])) Fail();
    return header;
  }

 private:
  [[noreturn]] void Fail() const { Refuse(path_, "the .npy header is damaged"); }

  void Field(std::string_view key, NpyHeader& header, bool (&seen)[3]) {
    const int index = key == "descr" ? 0 : key == "fortran_order" ? 1 : key == "shape" ? 2 : -1;
    if (index < 0 || seen[index]) Fail();
    seen[index] = true;
    if (index == 0) header.descr = Quoted();
    if (index == 1) FortranOrder();
    if (index == 2) header.size = Shape();
  }

  void SkipSpaces() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n')) {
      rest_.remove_prefix(1);
    }
  }

  bool Take(char c) {
    SkipSpaces();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void Expect(char c) {
    if (!Take(c)) Fail();
  }

  std::string_view Quoted() {
    SkipSpaces();
    if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"')) Fail();
    const std::size_t end = rest_.find(rest_.front(), 1);
    if (end == std::string_view::npos) Fail();
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }

  // Order makes no difference in one dimension: NumPy writes False, other writers True.
  void FortranOrder() {
    SkipSpaces();
    const std::string_view word = rest_.starts_with("True") ? "True" : "False";
    if (!rest_.starts_with(word)) Fail();
    rest_.remove_prefix(word.size());
  }

  std::int64_t Shape() {
    Expect('(');
    SkipSpaces();
    std::int64_t size = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
    if (error != std::errc() || size < 0) Refuse(path_, "the array is not one-dimensional");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    // One dimension is written (n,).
    Take(',');
    if (!Take(')')) Refuse(path_, "the array has more than one dimension");
    return size;
  }

  const std::filesystem::path& path_;
  std::string_view rest_;
};

std::optional<NpyType> TypeNamed(std::string_view descr) {
  if (descr == "<u2") return NpyType::kU16;
  if (descr == "<i4") return NpyType::kI32;
  if (descr == "<u4") return NpyType::kU32;
  if (descr == "<i8") return NpyType::kI64;
  return std::nullopt;
}

std::uint64_t ElementBytes(NpyType type) {
  if (type == NpyType::kU16) return 2;
  return type == NpyType::kI64 ? 8 : 4;
}

// Where the dictionary lies: after magic, version and a length of 2 (version 1) or 4 bytes.
std::string_view HeaderText(const std::filesystem::path& path, std::string_view file) {
  if (!file.starts_with(kMagic)) Refuse(path, "not a .npy file");
  if (file.size() < 12) Refuse(path, "truncated: the .npy header is incomplete");
  // The minor version, file[7], has been 0 in all versions.
  const int major = static_cast<unsigned char>(file[6]);
  if (major < 1 || major > 3) Refuse(path, ".npy version {} (1, 2 and 3 are known)", major);
  // Version 3 differs from 2 only in the encoding of field names, of which there are none here.
  const std::size_t width = major == 1 ? 2 : 4;
  std::uint32_t length = 0;
  std::memcpy(&length, file.data() + 8, width);
  if (length > file.size() - 8 - width) Refuse(path, "truncated: the .npy header is incomplete");
  return file.substr(8 + width, length);
}

template <typename T>
void Widen(const std::byte* from, std::span<std::int64_t> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    // The data may lie at any alignment, since headers of some writers are not padded.
    T value;
    std::memcpy(&value, from + sizeof(T) * i, sizeof(T));
    out[i] = value;
  }
}

}  // namespace

NpyFile::NpyFile(const std::filesystem::path& path) : file_(path) {
  const auto bytes = file_.bytes();
  const std::string_view whole(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string_view text = HeaderText(path, whole);
  const NpyHeader header = HeaderParser(path, text).Parse();
  const auto type = TypeNamed(header.descr);
  if (!type) {
    Refuse(path, "type {} (u2, i4, u4 and i8, little-endian, are read)", Quote(header.descr));
  }
  type_ = *type;
  size_ = header.size;
  // The text is a view of the file, so that its end is where the data begin.
  data_ = bytes.subspan(static_cast<std::size_t>(text.data() + text.size() - whole.data()));
  const std::uint64_t width = ElementBytes(type_);
  const auto elements = static_cast<std::uint64_t>(size_);
  // The size is divided: to multiply the count could overflow.
  if (data_.size() % width != 0 || data_.size() / width != elements) {
    Refuse(path, "{} bytes of data do not hold {} elements", data_.size(), size_);
  }
}

void NpyFile::Read(std::int64_t begin, std::span<std::int64_t> out) const {
  assert(begin >= 0 && begin + static_cast<std::int64_t>(out.size()) <= size_);
  const std::byte* from = data_.data() + static_cast<std::uint64_t>(begin) * ElementBytes(type_);
  switch (type_) {
    case NpyType::kU16:
      return Widen<std::uint16_t>(from, out);
    case NpyType::kI32:
      return Widen<std::int32_t>(from, out);
    case NpyType::kU32:
      return Widen<std::uint32_t>(from, out);
    case NpyType::kI64:
      return Widen<std::int64_t>(from, out);
  }
}

}  // namespace saelaw
