// Capture: a source's stream of seed 0, written as shards that can be read in any order. Files are
// written first and listed afterwards, so that the manifest never promises what is not there.
#include <algorithm>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "activations/source.h"
#include "core/errors.h"
#include "core/files.h"
#include "tensors/safetensors.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kShardTokens = 65'536;
constexpr std::int64_t kMostBatchTokens = 4096;  // divides kShardTokens

// Writes [n, d_in] and returns what the manifest says of it.
Shard WriteShard(const fs::path& folder,
                 const std::string& name,
                 const std::string& dtype,
                 const at::Tensor& vectors) {
  const bool bf16 = dtype == "bf16";
  const at::Tensor stored = vectors.to(at::kCPU).to(bf16 ? at::kBFloat16 : at::kFloat).contiguous();
  TensorView view;
  view.name = kShardTensor;
  view.type = bf16 ? TensorType::kBF16 : TensorType::kF32;
  view.shape = {stored.size(0), stored.size(1)};
  view.bytes = {static_cast<const std::byte*>(stored.data_ptr()), stored.nbytes()};
  WriteSafetensors(folder / name, {view}, {});
  return {name, stored.size(0), HashFile(folder / name)};
}

bool IsIntact(const fs::path& folder, const Shard& shard) {
  return fs::exists(folder / shard.file) && HashFile(folder / shard.file) == shard.hash;
}

// Gives all that is known before the first vector is computed.
ShardManifest BeginManifest(const SourceSpec& spec,
                            const ActivationSource& source,
                            const CaptureSpec& capture) {
  ShardManifest manifest;
  manifest.source_key = SourceKey(spec);
  manifest.identity = spec.identity;
  manifest.kind = Name(spec.kind);
  if (spec.kind == SourceKind::kModel) {
    manifest.hook = spec.model.hook;
    manifest.layer = spec.model.layer;
    manifest.context_tokens = spec.model.context_tokens;
    manifest.precision = Name(spec.model.precision);
  }
  manifest.dtype = capture.dtype;
  manifest.d_in = source.d_in();
  return manifest;
}

// What an earlier capture of the same source left in the folder, or a manifest without shards.
ShardManifest Begun(const ShardManifest& wanted, const CaptureSpec& capture) {
  if (!fs::exists(fs::path(capture.folder) / kManifestFile)) return wanted;
  ShardManifest found = ReadShardManifest(capture.folder);
  // Vectors of two sources in one folder could never be told apart again.
  if (found.source_key != wanted.source_key || found.dtype != wanted.dtype) {
    throw ConfigurationError(
        fmt::format("{} holds another capture (source {}, {}; asked for: source {}, {}): choose "
                    "another folder",
                    capture.folder,
                    found.source_key,
                    found.dtype,
                    wanted.source_key,
                    wanted.dtype));
  }
  return found;
}

// Vectors of the stream of seed 0, wherever they begin; reads on where the last call ended.
class SeedZero {
 public:
  // Every range asked for begins and ends at a multiple of `step`.
  SeedZero(ActivationSource& source, std::int64_t step) : source_(source), step_(step) {}

  at::Tensor Read(std::int64_t begin, std::int64_t count) {
    if (!stream_ || begin != position_) stream_ = source_.OpenStream(0, step_, begin / step_);
    std::vector<at::Tensor> batches;
    for (std::int64_t done = 0; done < count; done += step_) batches.push_back(stream_->Next());
    position_ = begin + count;
    return at::cat(batches);
  }

 private:
  ActivationSource& source_;
  std::int64_t step_;
  std::int64_t position_ = 0;
  std::unique_ptr<ActivationStream> stream_;
};

void Check(const ActivationSource& source, const CaptureSpec& capture) {
  if (capture.dtype != "bf16" && capture.dtype != "fp32") {
    throw ConfigurationError(fmt::format("capture dtype is '{}': bf16 or fp32", capture.dtype));
  }
  if (capture.tokens < 1) {
    throw ConfigurationError(fmt::format("capture tokens is {}: at least 1", capture.tokens));
  }
  if (source.training_tokens() >= 0 && capture.tokens > source.training_tokens()) {
    throw ConfigurationError(fmt::format("{} tokens are to be captured, the source has {}",
                                         capture.tokens,
                                         source.training_tokens()));
  }
}

// Measures the scale that a reader of the shards would measure, on no more than are captured.
void AddScale(SourceSpec spec,
              ActivationSource& source,
              std::int64_t tokens,
              ShardManifest& manifest) {
  spec.normalisation_tokens = std::min(spec.normalisation_tokens, tokens);
  if (manifest.normalisation_tokens == spec.normalisation_tokens) return;
  manifest.activation_scale = Measure(spec, source).activation_scale;
  manifest.normalisation_tokens = spec.normalisation_tokens;
}

// The vectors of shard `i` of a capture of `tokens`.
std::int64_t ShardSize(std::size_t i, std::int64_t tokens) {
  return std::min(kShardTokens, tokens - static_cast<std::int64_t>(i) * kShardTokens);
}

bool IsKept(const fs::path& folder,
            const ShardManifest& manifest,
            std::size_t i,
            std::int64_t size) {
  return i < manifest.shards.size() && manifest.shards[i].tokens == size &&
         IsIntact(folder, manifest.shards[i]);
}

// Each shard is listed as soon as it is written: an interrupted capture loses one at most.
void WriteShards(ActivationSource& source,
                 const fs::path& folder,
                 std::int64_t tokens,
                 const std::function<void(std::int64_t)>& progress,
                 ShardManifest& manifest) {
  SeedZero stream(source, std::gcd(tokens, kMostBatchTokens));
  std::int64_t done = 0;
  for (std::size_t i = 0; done < tokens; ++i) {
    const std::int64_t size = ShardSize(i, tokens);
    if (!IsKept(folder, manifest, i, size)) {
      const std::string name = fmt::format("shard-{:05}.safetensors", i);
      const Shard shard = WriteShard(folder, name, manifest.dtype, stream.Read(done, size));
      if (i == manifest.shards.size()) manifest.shards.emplace_back();
      manifest.shards[i] = shard;
      WriteShardManifest(folder, manifest);
    }
    done += size;
    progress(done);
  }
}

void CreateFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw IoError(fmt::format("cannot create {}: {}", folder.string(), error.message()));
  }
}

}  // namespace

void Capture(const SourceSpec& spec,
             ActivationSource& source,
             const CaptureSpec& capture,
             const std::function<void(std::int64_t)>& progress) {
  Check(source, capture);
  const fs::path folder = capture.folder;
  CreateFolder(folder);
  ShardManifest manifest = Begun(BeginManifest(spec, source, capture), capture);
  // A shorter capture than the one that is there keeps all that is there.
  const std::int64_t tokens = std::max(capture.tokens, manifest.training_tokens());
  AddScale(spec, source, tokens, manifest);
  // The held-out set is written first: it is small, and no capture is of use without it.
  if (manifest.held_out.file.empty() || !IsIntact(folder, manifest.held_out)) {
    const HeldOutVectors& held_out = source.HeldOut();
    manifest.held_out = WriteShard(folder, "held-out.safetensors", capture.dtype, held_out.x);
    manifest.held_out_begins = held_out.begins;
  }
  WriteShardManifest(folder, manifest);
  WriteShards(source, folder, tokens, progress, manifest);
}

}  // namespace saelaw
