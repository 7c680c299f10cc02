#include "models/model_extents.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {
namespace {

// The integers of a GGUF file's metadata, below its architecture's name.
class GgufKeys {
 public:
  GgufKeys(const GgufFile& file, const std::string& architecture)
      : file_(file), architecture_(architecture) {}

  std::int64_t IntegerOr(const char* key, std::int64_t fallback) const {
    return file_.Integer(Name(key)).value_or(fallback);
  }
  std::int64_t Required(const char* key) const {
    const auto value = file_.Integer(Name(key));
    if (value) return *value;
    throw ConfigurationError(
        fmt::format("{}: metadata {} is missing", file_.path().string(), Name(key)));
  }

 private:
  std::string Name(const char* key) const { return fmt::format("{}.{}", architecture_, key); }

  const GgufFile& file_;
  const std::string& architecture_;
};

}  // namespace

ModelExtents ReadExtents(const ConfigJson& json) {
  ModelExtents extents;
  extents.layers = json.Integer("num_hidden_layers");
  extents.hidden_size = json.Integer("hidden_size");
  extents.heads = json.Integer("num_attention_heads");
  extents.kv_heads = json.IntegerOr("num_key_value_heads", extents.heads);
  extents.head_dim =
      json.IntegerOr("head_dim", extents.hidden_size / std::max<std::int64_t>(1, extents.heads));
  extents.intermediate_size = json.Integer("intermediate_size");
  extents.vocabulary = json.Integer("vocab_size");
  extents.tied_embeddings = json.Flag("tie_word_embeddings");
  return extents;
}

ModelExtents ReadExtents(const GgufParts& parts, const std::string& architecture) {
  const GgufFile& file = parts.first();
  const GgufKeys keys(file, architecture);
  ModelExtents extents;
  extents.layers = keys.Required("block_count");
  extents.hidden_size = keys.Required("embedding_length");
  extents.intermediate_size = keys.Required("feed_forward_length");
  extents.heads = keys.Required("attention.head_count");
  extents.kv_heads = keys.IntegerOr("attention.head_count_kv", extents.heads);
  if (extents.heads < 1) {
    throw ConfigurationError(file.path().string() + ": no attention heads");
  }
  extents.head_dim = keys.IntegerOr("attention.key_length", extents.hidden_size / extents.heads);
  const auto* tokens = file.Strings("tokenizer.ggml.tokens");
  extents.vocabulary = tokens != nullptr ? static_cast<std::int64_t>(tokens->size())
                                         : keys.IntegerOr("vocab_size", 0);
  extents.tied_embeddings = !parts.Has("output.weight");
  return extents;
}

}  // namespace saelaw
