// The families of language models that can be run, in one table: what a checkpoint of each calls
// its tensors, which variants of it are refused, and how its configuration is read. A new family is
// a file like llama_family.cc and a line in model_family.cc; whatever its blocks compute otherwise
// than Llama's is for llm/.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/model_config.h"

namespace saelaw {

class ConfigJson;
class GgufParts;

// The weights of a model, by what they are for.
enum class Weight {
  kEmbedding,      // [vocabulary, hidden_size]
  kFinalNorm,      // [hidden_size]
  kOutput,         // [vocabulary, hidden_size]; none where the embedding serves as it
  kAttentionNorm,  // [hidden_size]; this and the following once in each block
  kQuery,          // [heads head_dim, hidden_size]
  kKey,            // [kv_heads head_dim, hidden_size]
  kValue,          // likewise
  kAttentionOut,   // [hidden_size, heads head_dim]
  kMlpNorm,        // [hidden_size]
  kGate,           // [intermediate_size, hidden_size]
  kUp,             // likewise
  kDown,           // [hidden_size, intermediate_size]
};

// Names without ".weight", and of a block's without what names the block.
struct WeightName {
  Weight weight = Weight::kEmbedding;
  std::string_view folder;  // in a Hugging Face folder
  std::string_view gguf;    // in a GGUF file
};

struct ModelFamily {
  std::string_view name;        // model_type in config.json, general.architecture in GGUF
  std::string_view block;       // in front of a block's names in a folder, with {} for its number
  std::string_view gguf_block;  // likewise in a GGUF file
  std::span<const WeightName> model;   // weights that there are once
  std::span<const WeightName> blocks;  // weights of each block, in the order they are checked
  // The configuration. Both throw ConfigurationError for a variant that is not supported.
  ModelConfig (*read_folder)(const ConfigJson& json) = nullptr;
  ModelConfig (*read_gguf)(const GgufParts& parts) = nullptr;
};

std::span<const ModelFamily* const> ModelFamilies();
// Null when there is none of this name.
const ModelFamily* FindFamily(std::string_view name);
// "'llama'", or several: for messages.
std::string FamilyNames();

// The tensor's name in a Hugging Face folder: "model.layers.3.mlp.up_proj.weight". `layer` counts
// where the weight is a block's.
std::string WeightNameIn(const ModelFamily& family, Weight weight, std::int64_t layer = 0);
// The shape that the configuration gives it.
std::vector<std::int64_t> WeightShape(const ModelConfig& config, Weight weight);
// The GGUF file's name of what a folder calls `name`; `name` itself where the family has none.
std::string GgufName(const ModelFamily& family, const std::string& name);

}  // namespace saelaw
