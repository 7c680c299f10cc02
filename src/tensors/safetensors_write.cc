// Files are written beside their place and renamed, so that a reader finds all or nothing; tensors
// are streamed, so that a checkpoint is never in memory twice. A sealed file ends in a hash of all
// before it, as a tensor of the same file: other readers of the format can open it as well.
#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/files.h"
#include "core/hasher.h"
#include "tensors/message.h"
#include "tensors/safetensors.h"
#include "tensors/safetensors_stream.h"

namespace saelaw {
namespace {

// The format knows no blocks of quantised numbers.
bool Storable(TensorType type) {
  return type != TensorType::kQ8_0 && type != TensorType::kQ4_0 && type != TensorType::kQ4_1;
}

std::string HeaderFor(const std::filesystem::path& path,
                      const std::vector<TensorStream>& tensors,
                      const std::map<std::string, std::string>& metadata) {
  auto header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t position = 0;
  for (const TensorStream& tensor : tensors) {
    if (!Storable(tensor.type)) {
      Refuse(path, "safetensors has no type {}", TensorTypeName(tensor.type));
    }
    if (header.contains(tensor.name)) Refuse(path, "duplicate tensor {}", Quote(tensor.name));
    // A shape that is impossible is our own bug here.
    const std::uint64_t end = position + TensorBytes(tensor.type, tensor.shape).value();
    header[tensor.name] = {{"dtype", TensorTypeName(tensor.type)},
                           {"shape", tensor.shape},
                           {"data_offsets", {position, end}}};
    position = end;
  }
  // A name or value that is not UTF-8 (a path, say) must not lose a finished run.
  std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  // Spaces behind the JSON are allowed; with them the data begin at a multiple of 8.
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

using Stream = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

[[noreturn]] void RefuseWrite(const std::filesystem::path& path) {
  const int reason = errno;
  Refuse(path, "cannot write: {}", std::generic_category().message(reason));
}

// Streams the parts, so that a large checkpoint is never copied in memory. With `seal` the digits
// of all that was written follow: the bytes of the last tensor of the header.
void WriteParts(const std::filesystem::path& path,
                const std::string& header,
                const std::vector<TensorStream>& tensors,
                bool seal) {
  Stream stream(std::fopen(path.c_str(), "wbe"), &std::fclose);
  if (!stream) RefuseWrite(path);
  // The hash is taken of what is written while it is written: nothing is read again.
  Hasher hasher;
  const auto write = [&](const void* from, std::size_t size) {
    // An empty tensor may come without a place to read from.
    if (size > 0 && std::fwrite(from, 1, size, stream.get()) != size) RefuseWrite(path);
    if (seal) hasher.Add({static_cast<const char*>(from), size});
  };
  const std::uint64_t length = header.size();
  write(&length, sizeof length);
  write(header.data(), header.size());
  for (const TensorStream& tensor : tensors) {
    std::uint64_t size = 0;
    tensor.give([&](std::span<const std::byte> piece) {
      write(piece.data(), piece.size());
      size += piece.size();
    });
    assert(TensorBytes(tensor.type, tensor.shape) == size);
  }
  if (seal) {
    const std::string digits = hasher.Digits();
    write(digits.data(), digits.size());
  }
  // Closing flushes what is buffered, and may be the first to meet a full disk.
  if (std::fclose(stream.release()) != 0) RefuseWrite(path);
}

void WriteAtomically(const std::filesystem::path& path,
                     const std::string& header,
                     const std::vector<TensorStream>& tensors,
                     bool seal) {
  std::filesystem::path temporary = path;
  // The process's number keeps two writers of one path apart.
  temporary += fmt::format(".{}.tmp", ::getpid());
  try {
    WriteParts(temporary, header, tensors, seal);
    CommitFile(temporary, path);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

constexpr std::int64_t kSealBytes = 32;

}  // namespace

void WriteSafetensors(const std::filesystem::path& path,
                      const std::vector<TensorView>& tensors,
                      const std::map<std::string, std::string>& metadata) {
  std::vector<TensorStream> streams;
  for (const TensorView& tensor : tensors) {
    assert(TensorBytes(tensor.type, tensor.shape) == tensor.bytes.size());
    const auto give = [bytes = tensor.bytes](const TensorStream::Take& take) { take(bytes); };
    streams.push_back({tensor.name, tensor.type, tensor.shape, give});
  }
  StreamSafetensors(path, streams, metadata);
}

void StreamSafetensors(const std::filesystem::path& path,
                       const std::vector<TensorStream>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  WriteAtomically(path, HeaderFor(path, tensors, metadata), tensors, /*seal=*/false);
}

void StreamSealedSafetensors(const std::filesystem::path& path,
                             const std::vector<TensorStream>& tensors,
                             const std::map<std::string, std::string>& metadata) {
  std::vector<TensorStream> all = tensors;
  // Its bytes are not given by a stream: they are known only when all else is written.
  all.push_back({"checksum", TensorType::kU8, {kSealBytes}, {}});
  WriteAtomically(path, HeaderFor(path, all, metadata), tensors, /*seal=*/true);
}

void CheckSeal(const std::filesystem::path& path) {
  const MappedFile file(path);
  const std::string_view all(reinterpret_cast<const char*>(file.bytes().data()),
                             file.bytes().size());
  // A file shorter than a seal fails as well: what is left is compared with the hash of nothing.
  const std::size_t before = all.size() - std::min<std::size_t>(all.size(), kSealBytes);
  if (HashBytes(all.substr(0, before)) != all.substr(before)) {
    Refuse(path, "the checksum does not match: truncated or damaged");
  }
}

}  // namespace saelaw
