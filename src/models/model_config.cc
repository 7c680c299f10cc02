// The readers of configurations collect values and refuse variants; what must hold of the values is
// checked here once, for all, so that the code behind need not look again.
#include "models/model_config.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/errors.h"
#include "models/config_json.h"
#include "models/gguf_parts.h"
#include "models/model_family.h"
#include "tensors/gguf.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// The limit is generous beyond any published model, and small enough that the product of any two
// extents does not overflow.
constexpr std::int64_t kMaxExtent = std::int64_t{1} << 24;

struct NamedExtent {
  const char* name;
  std::int64_t value;
};

void CheckExtents(const fs::path& path, const ModelConfig& config) {
  const std::array<NamedExtent, 8> extents = {{{"layers", config.layers},
                                               {"hidden size", config.hidden_size},
                                               {"heads", config.heads},
                                               {"key-value heads", config.kv_heads},
                                               {"head dimension", config.head_dim},
                                               {"intermediate size", config.intermediate_size},
                                               {"vocabulary", config.vocabulary},
                                               {"context", config.max_context}}};
  for (const auto& [name, value] : extents) {
    if (value < 1 || value > kMaxExtent) {
      throw ConfigurationError(fmt::format("{}: {} is {}", path.string(), name, value));
    }
  }
}

void CheckPositive(const fs::path& path, const char* name, double value) {
  if (!std::isfinite(value) || value <= 0) {
    throw ConfigurationError(fmt::format("{}: {} is {}", path.string(), name, value));
  }
}

void CheckRopeScaling(const fs::path& path, const Llama3RopeScaling& scaling) {
  CheckPositive(path, "rope scaling factor", scaling.factor);
  CheckPositive(path, "low_freq_factor", scaling.low_freq_factor);
  CheckPositive(path, "original_max_position_embeddings", scaling.original_max_position_embeddings);
  CheckPositive(path,
                // The interpolation divides by this difference.
                "high_freq_factor minus low_freq_factor",
                scaling.high_freq_factor - scaling.low_freq_factor);
}

void Check(const fs::path& path, const ModelConfig& config) {
  CheckExtents(path, config);
  CheckPositive(path, "rope theta", config.rope_theta);
  CheckPositive(path, "RMS norm epsilon", config.rms_norm_eps);
  if (config.rope_scaling) CheckRopeScaling(path, *config.rope_scaling);
  if (config.heads % config.kv_heads != 0) {
    throw ConfigurationError(fmt::format("{}: {} heads cannot share {} key-value heads",
                                         path.string(),
                                         config.heads,
                                         config.kv_heads));
  }
  if (config.head_dim % 2 != 0) {
    throw ConfigurationError(fmt::format("{}: head dimension is odd", path.string()));
  }
}

ModelConfig ReadFolderConfig(const fs::path& folder) {
  const ConfigJson json(folder);
  const std::string type = json.TextOr("model_type", "");
  const ModelFamily* family = FindFamily(type);
  if (family == nullptr) {
    json.Fail("model_type", fmt::format("is '{}' (only {} is supported)", type, FamilyNames()));
  }
  ModelConfig config = family->read_folder(json);
  config.family = family;
  return config;
}

ModelConfig ReadGgufConfig(const fs::path& path) {
  const GgufParts parts(path);
  const std::string* architecture = parts.first().String("general.architecture");
  const std::string name = architecture == nullptr ? "" : *architecture;
  const ModelFamily* family = FindFamily(name);
  if (family == nullptr) {
    throw ConfigurationError(fmt::format("{}: architecture '{}' (only {} is supported)",
                                         parts.first().path().string(),
                                         name,
                                         FamilyNames()));
  }
  ModelConfig config = family->read_gguf(parts);
  config.family = family;
  return config;
}

}  // namespace

bool IsModelFolder(const fs::path& path) {
  if (fs::is_directory(path)) {
    if (fs::exists(path / "config.json")) return true;
    throw ConfigurationError(path.string() +
                             ": no config.json in this folder: a language model's folder has one "
                             "beside its weights and tokenizer.json");
  }
  // The content decides before the name does: caches often store files under a hash.
  if (LooksLikeGguf(path)) return false;
  const std::string extension = path.extension().string();
  if (extension == ".bin" || extension == ".pt" || extension == ".pth" || extension == ".ckpt") {
    throw ConfigurationError(
        path.string() + ": pickled weights are never loaded; convert the model to safetensors");
  }
  if (extension == ".safetensors" || extension == ".json") {
    throw ConfigurationError(path.string() + ": give the folder that holds it and config.json");
  }
  return false;
}

ModelConfig ReadModelConfig(const fs::path& path) {
  ModelConfig config = IsModelFolder(path) ? ReadFolderConfig(path) : ReadGgufConfig(path);
  Check(path, config);
  return config;
}

std::int64_t HookWidth(const ModelExtents& model, Hook hook) {
  return FindSite(hook).inside_mlp ? model.intermediate_size : model.hidden_size;
}

}  // namespace saelaw
