// Reads a GGUF file's header field by field; no read goes beyond the file.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "tensors/mapped_file.h"
#include "tensors/message.h"

namespace saelaw {

class GgufCursor {
 public:
  explicit GgufCursor(const MappedFile& file) : file_(file) {}

  std::uint64_t position() const { return position_; }
  std::uint64_t remaining() const { return file_.bytes().size() - position_; }
  const std::filesystem::path& path() const { return file_.path(); }

  // A little-endian number. Throws IoError when the file ends first.
  template <typename T>
  T Read() {
    Require(sizeof(T));
    T value;
    std::memcpy(&value, file_.bytes().data() + position_, sizeof(T));
    position_ += sizeof(T);
    return value;
  }

  // A 64-bit length, then that many bytes.
  std::string ReadString() {
    const auto length = Read<std::uint64_t>();
    Require(length);
    std::string text(reinterpret_cast<const char*>(file_.bytes().data()) + position_, length);
    position_ += length;
    return text;
  }

  // A count of items that take at least `item_bytes` each. Throws IoError when the rest of the
  // file cannot hold them, so that no absurd count is ever allocated.
  std::uint64_t ReadCount(std::uint64_t item_bytes, const char* what) {
    const auto count = Read<std::uint64_t>();
    if (count > remaining() / item_bytes) {
      Refuse(path(), "{} {} do not fit in the file: truncated or damaged", count, what);
    }
    return count;
  }

 private:
  void Require(std::uint64_t bytes) const {
    if (bytes > remaining()) Refuse(path(), "truncated at byte {}", position_);
  }

  const MappedFile& file_;
  std::uint64_t position_ = 0;
};

}  // namespace saelaw
