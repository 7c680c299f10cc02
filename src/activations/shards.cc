// Shards are mapped when they are first needed, and their hash is compared then: who reads a part
// of a large capture pays for that part. Another seed is another order of blocks and another order
// inside each, so that reading stays sequential on the disk.
#include "activations/shards.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "activations/block_stream.h"
#include "activations/outliers.h"
#include "core/errors.h"
#include "core/files.h"
#include "core/portions.h"
#include "core/random.h"
#include "tensors/safetensors.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kBlockTokens = portions::kShardBlockTokens;
// What a seed is for. Do not change.
enum : std::uint64_t { kOrderOfBlocks = 10, kInsideBlock = 11 };

// One mapped shard whose content is what the manifest says.
class OpenShard {
 public:
  OpenShard(const fs::path& folder, const Shard& shard, const ShardManifest& manifest)
      : file_(folder / shard.file), view_(file_.Find(kShardTensor)) {
    const TensorType type = manifest.dtype == "bf16" ? TensorType::kBF16 : TensorType::kF32;
    const std::vector<std::int64_t> shape{shard.tokens, manifest.d_in};
    if (view_ == nullptr || view_->type != type || view_->shape != shape) {
      throw IoError(fmt::format("{}: no tensor \"{}\" of {} [{}, {}], which the manifest promises",
                                file_.path().string(),
                                kShardTensor,
                                TensorTypeName(type),
                                shard.tokens,
                                manifest.d_in));
    }
    if (HashFile(file_.path()) != shard.hash) {
      throw IoError(
          fmt::format("{}: its content is not what was captured (the hash differs): capture into "
                      "the same folder again, which replaces damaged shards",
                      file_.path().string()));
    }
  }
  std::span<const std::byte> bytes() const { return view_->bytes; }

 private:
  SafetensorsFile file_;
  const TensorView* view_;
};

// Rows of the whole capture, whichever shards they lie in.
class ShardRows {
 public:
  ShardRows(fs::path folder, ShardManifest manifest)
      : folder_(std::move(folder)), manifest_(std::move(manifest)), open_(manifest_.shards.size()) {
    std::int64_t begin = 0;
    for (const Shard& shard : manifest_.shards) {
      begins_.push_back(begin);
      begin += shard.tokens;
    }
  }

  const ShardManifest& manifest() const { return manifest_; }
  const fs::path& folder() const { return folder_; }

  // Rows begin .. begin + count - 1 of the captured order: [count, d_in], in the stored type.
  at::Tensor Read(std::int64_t begin, std::int64_t count) {
    const at::Tensor rows = Empty(count);
    auto* out = static_cast<std::byte*>(rows.data_ptr());
    while (count > 0) {
      const auto next = std::upper_bound(begins_.begin(), begins_.end(), begin);
      const auto i = static_cast<std::size_t>(next - begins_.begin() - 1);
      const std::int64_t first = begin - begins_[i];
      const std::int64_t taken = std::min(count, manifest_.shards[i].tokens - first);
      Copy(At(i), first, taken, out);
      out += Bytes(taken);
      begin += taken;
      count -= taken;
    }
    return rows;
  }

  // The first `count` held-out rows.
  at::Tensor HeldOut(std::int64_t count) const {
    const OpenShard shard(folder_, manifest_.held_out, manifest_);
    const at::Tensor rows = Empty(count);
    Copy(shard, 0, count, static_cast<std::byte*>(rows.data_ptr()));
    return rows;
  }

 private:
  std::size_t Bytes(std::int64_t rows) const {
    const std::int64_t width = manifest_.dtype == "bf16" ? 2 : 4;
    return static_cast<std::size_t>(rows * manifest_.d_in * width);
  }
  at::Tensor Empty(std::int64_t rows) const {
    return at::empty({rows, manifest_.d_in},
                     manifest_.dtype == "bf16" ? at::kBFloat16 : at::kFloat);
  }
  void Copy(const OpenShard& shard, std::int64_t first, std::int64_t count, std::byte* out) const {
    std::memcpy(out, shard.bytes().data() + Bytes(first), Bytes(count));
  }
  // Streams of one source may read at once, each in its thread.
  const OpenShard& At(std::size_t i) {
    const std::lock_guard lock(opening_);
    if (!open_[i]) open_[i] = std::make_unique<OpenShard>(folder_, manifest_.shards[i], manifest_);
    return *open_[i];
  }

  fs::path folder_;
  ShardManifest manifest_;
  std::vector<std::int64_t> begins_;  // of each shard, in tokens
  std::mutex opening_;
  std::vector<std::unique_ptr<OpenShard>> open_;  // null until first used
};

// What somebody else wrote as shards may hold anything. The first of `rows` is number `begin`.
void CheckFinite(const at::Tensor& rows,
                 const fs::path& folder,
                 std::string_view what,
                 std::int64_t begin) {
  const std::optional<std::int64_t> first = FirstNotFinite(rows);
  if (!first) return;
  throw IoError(fmt::format("{}: {} {} of the captured order is not finite (NaN or infinity)",
                            folder.string(),
                            what,
                            begin + *first));
}

class Reader : public BlockReader {
 public:
  Reader(ShardRows& rows, std::uint64_t stream_seed) : rows_(rows), stream_seed_(stream_seed) {
    if (stream_seed != 0) {
      full_blocks_ = Permutation(rows.manifest().training_tokens() / kBlockTokens,
                                 MixSeeds({stream_seed, kOrderOfBlocks}));
    }
  }

  at::Tensor Read(std::int64_t index) override {
    const auto i = static_cast<std::size_t>(index);
    // The last block is shorter, and stays the last whatever the seed: places in the stream stay
    // arithmetic.
    const std::int64_t block = i < full_blocks_.size() ? full_blocks_[i] : index;
    const std::int64_t begin = block * kBlockTokens;
    const std::int64_t count = std::min(kBlockTokens, rows_.manifest().training_tokens() - begin);
    at::Tensor rows = rows_.Read(begin, count);
    CheckFinite(rows, rows_.folder(), "vector", begin);
    if (stream_seed_ != 0) {
      const auto order = Permutation(
          count, MixSeeds({stream_seed_, kInsideBlock, static_cast<std::uint64_t>(block)}));
      rows = rows.index_select(0, at::tensor(order, at::kLong));
    }
    return rows;
  }

 private:
  ShardRows& rows_;
  std::uint64_t stream_seed_;
  std::vector<std::int64_t> full_blocks_;  // empty: in the captured order
};

class Source : public ActivationSource {
 public:
  Source(const SourceSpec& spec, const SourceOptions& options)
      : name_("the captured folder " + spec.shards),
        held_out_tokens_(spec.held_out_tokens),
        options_(options),
        rows_(spec.shards, ReadShardManifest(spec.shards)) {
    const std::int64_t available = rows_.manifest().held_out.tokens;
    if (available < held_out_tokens_) {
      throw ConfigurationError(fmt::format(
          "{} has {} held-out tokens, {} are asked for", name_, available, held_out_tokens_));
    }
  }

  std::int64_t d_in() const override { return rows_.manifest().d_in; }
  std::int64_t training_tokens() const override { return rows_.manifest().training_tokens(); }

  std::unique_ptr<ActivationStream> OpenStream(std::uint64_t stream_seed,
                                               std::int64_t batch_tokens,
                                               std::int64_t first_batch) override {
    const std::int64_t blocks = (training_tokens() + kBlockTokens - 1) / kBlockTokens;
    return OpenBlockStream(ReadAhead(WithoutOutliers(std::make_unique<Reader>(rows_, stream_seed),
                                                     options_.largest_norm),
                                     blocks,
                                     {options_.stop_requested}),
                           {kBlockTokens, training_tokens(), name_, at::Device(options_.device)},
                           batch_tokens,
                           first_batch);
  }

  const HeldOutVectors& HeldOut() override {
    if (held_out_.x.defined()) return held_out_;
    // With recorded documents all held-out vectors are used; older captures have only a number of
    // tokens.
    const std::vector<std::int64_t> recorded = rows_.manifest().held_out_begins;
    const std::int64_t tokens = recorded.empty() ? held_out_tokens_ : recorded.back();
    const at::Tensor rows = rows_.HeldOut(tokens);
    CheckFinite(rows, rows_.folder(), "held-out vector", 0);
    held_out_.x = rows.to(options_.device).to(at::kFloat);
    held_out_.begins = recorded.empty() ? CutIntoBlocks(tokens) : recorded;
    held_out_ = WithoutOutliers(std::move(held_out_), options_.largest_norm);
    return held_out_;
  }

 private:
  std::string name_;
  std::int64_t held_out_tokens_;
  SourceOptions options_;
  ShardRows rows_;
  HeldOutVectors held_out_;
};

}  // namespace

std::unique_ptr<ActivationSource> OpenShards(const SourceSpec& spec, const SourceOptions& options) {
  return std::make_unique<Source>(spec, options);
}

}  // namespace saelaw
