// NumPy's .npy format, versions 1 to 3, for one-dimensional integer arrays (token streams).
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "tensors/mapped_file.h"

namespace saelaw {

enum class NpyType { kU16, kI32, kU32, kI64 };  // '<u2', '<i4', '<u4', '<i8'

class NpyFile {
 public:
  // Maps and checks: little-endian u2, i4, u4 or i8 in one dimension whose size is the file's.
  // An empty array is allowed. Throws IoError naming the path.
  explicit NpyFile(const std::filesystem::path& path);

  NpyType type() const { return type_; }
  std::int64_t size() const { return size_; }
  // The elements' bytes, little-endian, at any alignment.
  std::span<const std::byte> bytes() const { return data_; }
  // Elements begin .. begin + out.size() - 1, widened. The range must lie inside the array.
  void Read(std::int64_t begin, std::span<std::int64_t> out) const;
  const std::filesystem::path& path() const { return file_.path(); }

 private:
  MappedFile file_;
  NpyType type_ = NpyType::kU16;
  std::int64_t size_ = 0;
  std::span<const std::byte> data_;
};

}  // namespace saelaw
