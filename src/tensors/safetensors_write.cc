#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "run/files.h"
#include "tensors/message.h"
#include "tensors/safetensors.h"
#include "tensors/safetensors_stream.h"

namespace saelaw {
namespace {

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
    const std::uint64_t end = position + TensorBytes(tensor.type, tensor.shape).value();
    header[tensor.name] = {{"dtype", TensorTypeName(tensor.type)},
                           {"shape", tensor.shape},
                           {"data_offsets", {position, end}}};
    position = end;
  }
  // A name or value that is not UTF-8 (a path, say) must not lose a finished run.
  std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

using Stream = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

[[noreturn]] void RefuseWrite(const std::filesystem::path& path) {
  const int reason = errno;
  Refuse(path, "cannot write: {}", std::generic_category().message(reason));
}

// Streams the parts, so that a large checkpoint is never copied in memory.
void WriteParts(const std::filesystem::path& path,
                const std::string& header,
                const std::vector<TensorStream>& tensors) {
  Stream stream(std::fopen(path.c_str(), "wbe"), &std::fclose);
  if (!stream) RefuseWrite(path);
  const auto write = [&](const void* from, std::size_t size) {
    if (size > 0 && std::fwrite(from, 1, size, stream.get()) != size) RefuseWrite(path);
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
  if (std::fclose(stream.release()) != 0) RefuseWrite(path);
}

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
  const std::string header = HeaderFor(path, tensors, metadata);
  std::filesystem::path temporary = path;
  temporary += fmt::format(".{}.tmp", ::getpid());
  try {
    WriteParts(temporary, header, tensors);
    CommitFile(temporary, path);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

}  // namespace saelaw
