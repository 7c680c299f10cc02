// Everything here may fail without harm: a cache gives time, never numbers. So errors of the disk
// end as "not there", and what is read is compared with its hash.
#include "activations/vector_cache.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Version.h>
#include <fmt/format.h>

#include "core/errors.h"
#include "core/files.h"
#include "tensors/safetensors.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTensor = "vectors";
constexpr const char* kHash = "hash";
constexpr std::string_view kPrefix = "vectors-";

std::string_view AsText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Another instruction set sums in another order. What is only measured on the vectors, or with
// them, changes none.
std::string MakeKey(SourceSpec spec) {
  spec.normalise = false;
  spec.model.spliced_contexts = kDefaultSplicedContexts;
  spec.model.mixing_tokens = 0;  // part of the blocks' names
  spec.outlier_norm = 0;         // left out of what was read
  const std::string text = fmt::format("{}|{}|{}|{}",
                                       SourceKey(spec),
                                       at::get_cpu_capability(),
                                       at::get_mkldnn_version(),
                                       kNumericVersion);
  return HashBytes(text).substr(0, 16);
}

at::Tensor Copy(const TensorView& view) {
  const at::ScalarType type = view.type == TensorType::kBF16 ? at::kBFloat16 : at::kFloat;
  at::Tensor vectors = at::empty(view.shape, type);
  std::memcpy(vectors.data_ptr(), view.bytes.data(), view.bytes.size());
  return vectors;
}

struct KeptFile {
  fs::path path;
  double bytes = 0;
  fs::file_time_type used;
  bool own = false;
};

// What cannot be looked at, for another process has removed it, is not there.
std::vector<KeptFile> FilesIn(const fs::path& folder, const std::string& own_prefix) {
  std::vector<KeptFile> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    std::error_code gone;
    KeptFile file{entry.path(), 0, entry.last_write_time(gone), name.starts_with(own_prefix)};
    file.bytes = static_cast<double>(entry.file_size(gone));
    if (!gone) files.push_back(std::move(file));
  }
  return files;
}

class CachedReader : public BlockReader {
 public:
  CachedReader(std::unique_ptr<BlockReader> reader, const VectorCache& cache, std::string stream)
      : reader_(std::move(reader)), cache_(cache), stream_(std::move(stream)) {}

  at::Tensor Read(std::int64_t index) override {
    const std::string name = fmt::format("{}-{}", stream_, index);
    if (const std::optional<at::Tensor> kept = cache_.Find(name)) return *kept;
    at::Tensor block = reader_->Read(index);
    cache_.Keep(name, block);
    return block;
  }

 private:
  std::unique_ptr<BlockReader> reader_;
  const VectorCache& cache_;
  std::string stream_;
};

}  // namespace

VectorCache::VectorCache(fs::path folder, double limit_bytes, const SourceSpec& spec)
    : folder_(std::move(folder)), limit_bytes_(limit_bytes) {
  if (folder_.empty() || limit_bytes <= 0 || spec.identity.empty()) return;
  key_ = MakeKey(spec);
}

fs::path VectorCache::FilePath(const std::string& name) const {
  return folder_ / fmt::format("{}{}-{}.safetensors", kPrefix, key_, name);
}

std::optional<at::Tensor> VectorCache::Find(const std::string& name) const {
  const fs::path path = FilePath(name);
  std::error_code error;
  if (!on() || !fs::exists(path, error)) return {};
  try {
    const SafetensorsFile file(path);
    const TensorView* view = file.Find(kTensor);
    const auto hash = file.metadata().find(kHash);
    if (view == nullptr || hash == file.metadata().end()) return {};
    at::Tensor vectors = Copy(*view);
    // The copy is hashed and not the file, which may be cut while it is mapped.
    const auto* data = static_cast<const std::byte*>(vectors.const_data_ptr());
    if (HashBytes(AsText({data, vectors.nbytes()})) != hash->second) return {};
    // MakeRoom chooses by the time of the last use, and not every file system keeps one of reading.
    fs::last_write_time(path, fs::file_time_type::clock::now(), error);
    return vectors;
  } catch (const Error&) {
    return {};
  }
}

void VectorCache::Keep(const std::string& name, const at::Tensor& vectors) const {
  if (!on() || !MakeRoom(static_cast<double>(vectors.nbytes()))) return;
  const TensorType type =
      vectors.scalar_type() == at::kBFloat16 ? TensorType::kBF16 : TensorType::kF32;
  const auto* data = static_cast<const std::byte*>(vectors.const_data_ptr());
  const std::span<const std::byte> bytes{data, vectors.nbytes()};
  try {
    WriteSafetensors(FilePath(name),
                     {{kTensor, type, vectors.sizes().vec(), bytes}},
                     {{kHash, HashBytes(AsText(bytes))}});
  } catch (const Error&) {
    // The vectors are there; only keeping them failed.
  }
}

bool VectorCache::MakeRoom(double bytes) const {
  std::vector<KeptFile> files = FilesIn(folder_, fmt::format("{}{}-", kPrefix, key_));
  double used = bytes;
  for (const KeptFile& file : files) used += file.bytes;
  std::sort(files.begin(), files.end(), [](const KeptFile& a, const KeptFile& b) {
    return a.used < b.used;
  });
  for (const KeptFile& file : files) {
    if (used <= limit_bytes_) break;
    // Files of one source never make room for each other: see the header.
    if (file.own) continue;
    std::error_code error;
    fs::remove(file.path, error);
    used -= file.bytes;
  }
  return used <= limit_bytes_;
}

std::unique_ptr<BlockReader> Cached(std::unique_ptr<BlockReader> reader,
                                    const VectorCache& cache,
                                    const std::string& stream) {
  if (!cache.on()) return reader;
  return std::make_unique<CachedReader>(std::move(reader), cache, stream);
}

}  // namespace saelaw
