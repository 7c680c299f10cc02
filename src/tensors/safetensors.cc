// This is the reader of whole files. The format allows neither holes nor overlaps, and both are
// checked: a tensor that shares bytes with another, or hides some, is how a file deceives one
// reader and not the next.
#include "tensors/safetensors.h"

#include <cstring>

#include "tensors/layout.h"
#include "tensors/lfs_pointer.h"
#include "tensors/message.h"
#include "tensors/safetensors_header.h"

namespace saelaw {
namespace {

constexpr std::uint64_t kLengthBytes = 8;
// The limit of the format's reference implementation.
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;

std::string_view HeaderText(const MappedFile& file) {
  const auto bytes = file.bytes();
  if (bytes.size() < kLengthBytes) {
    Refuse(file.path(), "truncated: {} bytes hold no safetensors header", bytes.size());
  }
  std::uint64_t length = 0;
  // The length is little-endian, as are the machines that this runs on.
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kMaxHeaderBytes) {
    Refuse(file.path(), "not safetensors: a header of {} bytes (at most 100 MB)", length);
  }
  if (length > bytes.size() - kLengthBytes) {
    Refuse(file.path(), "truncated: the header has {} bytes, the file {}", length, bytes.size());
  }
  return {reinterpret_cast<const char*>(bytes.data()) + kLengthBytes, length};
}

TensorView MakeView(const std::filesystem::path& path,
                    const std::string& name,
                    const SafetensorsEntry& entry,
                    std::span<const std::byte> data) {
  if (entry.begin > entry.end || entry.end > data.size()) {
    Refuse(path,
           "tensor {} lies at bytes {} to {} of {}: truncated or damaged",
           Quote(name),
           entry.begin,
           entry.end,
           data.size());
  }
  // Nothing, where the shape is impossible, equals no number.
  const auto expected = TensorBytes(entry.type, entry.shape);
  if (expected != entry.end - entry.begin) {
    Refuse(path,
           "tensor {} has {} bytes, not what its dtype and shape imply",
           Quote(name),
           entry.end - entry.begin);
  }
  return {name, entry.type, entry.shape, data.subspan(entry.begin, entry.end - entry.begin)};
}

void CheckLayout(const std::filesystem::path& path,
                 const SafetensorsHeader& header,
                 std::uint64_t data_bytes) {
  std::vector<TensorExtent> extents;
  for (const auto& [name, entry] : header.entries)
    extents.push_back({entry.begin, entry.end, name});
  CheckNoOverlap(path, extents);
  // After the sort each tensor has to begin where the one before it ended.
  std::uint64_t position = 0;
  for (const TensorExtent& extent : extents) {
    if (extent.begin != position) {
      Refuse(path, "{} unused bytes before tensor {}", extent.begin - position, Quote(extent.name));
    }
    position = extent.end;
  }
  if (position != data_bytes) {
    Refuse(path, "{} unused bytes after the last tensor", data_bytes - position);
  }
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : file_(path) {
  // This comes before the header: a pointer would be called an absurd length.
  RefuseLfsPointer(path, file_.text());
  const std::string_view text = HeaderText(file_);
  const auto data = file_.bytes().subspan(kLengthBytes + text.size());
  SafetensorsHeader header = ParseSafetensorsHeader(path, text);
  for (const auto& [name, entry] : header.entries) {
    tensors_.emplace(name, MakeView(path, name, entry, data));
  }
  CheckLayout(path, header, data.size());
  metadata_ = std::move(header.metadata);
}

const TensorView* SafetensorsFile::Find(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

}  // namespace saelaw
