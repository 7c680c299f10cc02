// A mistake that a trainer would find after minutes of loading is found here within seconds, by the
// same readers and with the same exit code. No content of a weight is read.
#include "orchestrate/data/check_source.h"

#include <filesystem>

#include <fmt/format.h>

#include "core/errors.h"
#include "identity/model_identity.h"
#include "models/check_weights.h"
#include "models/model_config.h"
#include "tensors/safetensors.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

bool Exists(const fs::path& path) {
  std::error_code unreadable;
  return fs::exists(path, unreadable);
}

void CheckModel(const SourceSpec& spec) {
  const ModelSource& source = spec.model;
  const fs::path model = source.model;
  if (!Exists(model)) throw IoError(fmt::format("{} does not exist", model.string()));
  const ModelConfig config = ReadModelConfig(model);
  if (source.layer >= config.layers) {
    throw ConfigurationError(fmt::format("{} has no layer {}: its layers are 0 to {}",
                                         source.model,
                                         source.layer,
                                         config.layers - 1));
  }
  if (source.context_tokens > config.max_context) {
    throw ConfigurationError(fmt::format("context_tokens is {}: {} allows 2 to {}",
                                         source.context_tokens,
                                         source.model,
                                         config.max_context));
  }
  // Only the loss of the spliced model needs the layers behind the hook and the head.
  const bool whole = source.spliced_contexts > 0 && source.context_tokens > 2;
  CheckModelFiles(model, {source.layer + 1, whole, source.add_bos.value_or(false)});
}

// A shard is checked as the trainer opens it, but for the hash of its content.
void CheckShard(const fs::path& folder, const Shard& shard, const ShardManifest& manifest) {
  const SafetensorsFile file(folder / shard.file);
  const TensorView* view = file.Find(kShardTensor);
  const TensorType type = manifest.dtype == "bf16" ? TensorType::kBF16 : TensorType::kF32;
  if (view != nullptr && view->type == type &&
      view->shape == std::vector<std::int64_t>{shard.tokens, manifest.d_in}) {
    return;
  }
  throw IoError(fmt::format("{}: no tensor \"{}\" of {} [{}, {}], which the manifest promises",
                            file.path().string(),
                            kShardTensor,
                            TensorTypeName(type),
                            shard.tokens,
                            manifest.d_in));
}

void CheckShards(const SourceSpec& source) {
  const ShardManifest manifest = ReadShardManifest(source.shards);
  if (manifest.held_out.tokens < source.held_out_tokens) {
    throw ConfigurationError(
        fmt::format("the captured folder {} has {} held-out tokens, {} are asked for",
                    source.shards,
                    manifest.held_out.tokens,
                    source.held_out_tokens));
  }
  for (const Shard& shard : manifest.shards) CheckShard(source.shards, shard, manifest);
  CheckShard(source.shards, manifest.held_out, manifest);
}

}  // namespace

void CheckSource(const SourceSpec& source) {
  if (source.kind == SourceKind::kModel) CheckModel(source);
  if (source.kind == SourceKind::kShards) CheckShards(source);
}

std::vector<std::string> AbsentWeights(const SourceSpec& source) {
  if (source.kind == SourceKind::kShards) {
    if (Exists(fs::path(source.shards) / kManifestFile)) return {};
    return {fmt::format("{}: there are no captured activations", source.shards)};
  }
  if (source.kind != SourceKind::kModel) return {};
  const fs::path model = source.model.model;
  if (!Exists(model)) return {fmt::format("{} does not exist", model.string())};
  if (!WeightFiles(model).empty()) return {};
  const bool pickled =
      Exists(model / "pytorch_model.bin") || Exists(model / "pytorch_model.bin.index.json");
  return {fmt::format(
      "{}: {}",
      model.string(),
      pickled ? "pytorch_model.bin is a pickle and never loaded; convert it to safetensors"
              : "no model.safetensors and no model.safetensors.index.json in this folder")};
}

std::vector<std::string> AbsentText(const SourceSpec& source) {
  std::vector<std::string> absent;
  if (source.kind != SourceKind::kModel) return absent;
  for (const std::vector<std::string>& names : {source.model.text, source.model.token_files}) {
    for (const std::string& name : names) {
      const bool pattern = name.find_first_of("*?[") != std::string::npos;
      if (!pattern && !Exists(name)) absent.push_back(fmt::format("{} does not exist", name));
    }
  }
  return absent;
}

}  // namespace saelaw
