#include "app/cli/check_source.h"

#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "identity/model_identity.h"
#include "run/errors.h"
#include "run/files.h"
#include "sweep/model_shape.h"
#include "tensors/gguf.h"
#include "tensors/safetensors.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

bool Exists(const fs::path& path) {
  std::error_code unreadable;
  return fs::exists(path, unreadable);
}

// The longest context that the model was made for. Nothing where its files do not say.
std::optional<std::int64_t> MostTokens(const fs::path& model) {
  if (!fs::is_directory(model)) return GgufFile(model).Integer("llama.context_length");
  const auto json =
      nlohmann::json::parse(ReadFile(model / "config.json"), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  const auto found = json.find("max_position_embeddings");
  if (found == json.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

// A pipe or a device would be waited for.
void CheckHeader(const fs::path& file) {
  if (!fs::is_regular_file(file)) {
    throw IoError(fmt::format("{} is no regular file", file.string()));
  }
  if (file.extension() == ".safetensors") {
    const SafetensorsFile opened(file);
  } else {
    const GgufFile opened(file);
  }
}

void CheckModel(const SourceSpec& spec) {
  const ModelSource& source = spec.model;
  const fs::path model = source.model;
  if (!Exists(model)) throw IoError(fmt::format("{} does not exist", model.string()));
  for (const fs::path& file : WeightFiles(model)) CheckHeader(file);
  const std::vector<std::string> absent = AbsentWeights(spec);
  if (!absent.empty()) throw ConfigurationError(absent.front());
  const ShapeOrReason found = ReadModelShape(model);
  if (!found.shape) throw ConfigurationError(found.reason);
  if (source.layer >= found.shape->layers) {
    throw ConfigurationError(fmt::format("{} has no layer {}: its layers are 0 to {}",
                                         source.model,
                                         source.layer,
                                         found.shape->layers - 1));
  }
  const std::optional<std::int64_t> most = MostTokens(model);
  if (most && source.context_tokens > *most) {
    throw ConfigurationError(fmt::format(
        "context_tokens is {}: {} allows 2 to {}", source.context_tokens, source.model, *most));
  }
}

// As the trainer opens it, but for the hash of its content.
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
