// A Hugging Face folder is described by config.json. What is absent gets the default that
// transformers gives it, and every variant that would change the forward pass is refused by its
// name, because an ignored key would yield wrong activations without any sign of it.
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "models/config_sources.h"
#include "models/json_file.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// The keys of one JSON object, typed; null counts as absent, as it does for transformers.
class Keys {
 public:
  Keys(const fs::path& path, const Json& object) : path_(path), object_(object) {}

  const Json* Find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }
  std::int64_t Integer(const char* key) const {
    const Json& value = Required(key);
    if (!value.is_number_integer()) Fail(key, "is not an integer");
    return value.get<std::int64_t>();
  }
  std::int64_t IntegerOr(const char* key, std::int64_t fallback) const {
    return Find(key) == nullptr ? fallback : Integer(key);
  }
  double Number(const char* key) const {
    const Json& value = Required(key);
    if (!value.is_number()) Fail(key, "is not a number");
    return value.get<double>();
  }
  double NumberOr(const char* key, double fallback) const {
    return Find(key) == nullptr ? fallback : Number(key);
  }
  bool Flag(const char* key) const {
    const Json* value = Find(key);
    if (value != nullptr && !value->is_boolean()) Fail(key, "is neither true nor false");
    return value != nullptr && value->get<bool>();
  }
  std::string TextOr(const char* key, const char* fallback) const {
    const Json* value = Find(key);
    if (value != nullptr && !value->is_string()) Fail(key, "is not a string");
    return value == nullptr ? fallback : value->get<std::string>();
  }
  // The object under this key; an empty one when absent.
  Keys Object(const char* key) const {
    static const Json kEmpty = Json::object();
    const Json* value = Find(key);
    if (value != nullptr && !value->is_object()) Fail(key, "is not an object");
    return {path_, value == nullptr ? kEmpty : *value};
  }
  [[noreturn]] void Fail(const char* key, const std::string& what) const {
    throw ConfigurationError(fmt::format("{}: {} {}", path_.string(), key, what));
  }

 private:
  const Json& Required(const char* key) const {
    const Json* value = Find(key);
    if (value == nullptr) Fail(key, "is missing");
    return *value;
  }

  fs::path path_;
  // The caller keeps the JSON object; Object() refers into it, or into a static empty one.
  const Json& object_;
};

// The biases that are refused here are those that the configuration admits to; CheckWeights looks
// for tensors besides, because a configuration may be silent about them.
void RefuseVariants(const Keys& keys) {
  const std::string type = keys.TextOr("model_type", "");
  if (type != "llama") keys.Fail("model_type", "is '" + type + "' (only 'llama' is supported)");
  const std::string activation = keys.TextOr("hidden_act", "silu");
  if (activation != "silu") keys.Fail("hidden_act", "is '" + activation + "' (only 'silu' is)");
  for (const char* bias : {"attention_bias", "mlp_bias"}) {
    if (keys.Flag(bias)) keys.Fail(bias, "is true: biases are not supported");
  }
  if (keys.Find("quantization_config") != nullptr) {
    keys.Fail("quantization_config", "is present: save the model as fp32, fp16 or bf16 first");
  }
}

// There are two spellings: rope_theta and rope_scaling {type or rope_type, ...} beside each other,
// or rope_parameters {rope_theta, rope_type, ...} (transformers 5).
void ReadRope(const Keys& keys, LlamaConfig& config) {
  // Where both are there, rope_parameters decides, and rope_scaling is not looked at.
  const bool joined = keys.Find("rope_parameters") != nullptr;
  const Keys rope = keys.Object(joined ? "rope_parameters" : "rope_scaling");
  config.rope_theta = rope.NumberOr("rope_theta", keys.NumberOr("rope_theta", 10000));
  const double partial =
      rope.NumberOr("partial_rotary_factor", keys.NumberOr("partial_rotary_factor", 1));
  if (partial != 1) rope.Fail("partial_rotary_factor", "other than 1 is not supported");
  const std::string older = rope.TextOr("type", "default");
  const std::string type = rope.TextOr("rope_type", older.c_str());
  if (type == "default") return;
  if (type != "llama3") {
    rope.Fail("rope_type", "is '" + type + "' ('default' and 'llama3' are supported)");
  }
  config.rope_scaling = Llama3RopeScaling{
      .factor = rope.Number("factor"),
      .low_freq_factor = rope.Number("low_freq_factor"),
      .high_freq_factor = rope.Number("high_freq_factor"),
      .original_max_position_embeddings = rope.NumberOr("original_max_position_embeddings",
                                                        static_cast<double>(config.max_context))};
}

}  // namespace

LlamaConfig ReadFolderConfig(const fs::path& folder) {
  const fs::path path = folder / "config.json";
  const Json json = ReadJsonObject(path);
  const Keys keys(path, json);
  RefuseVariants(keys);
  LlamaConfig config;
  config.layers = keys.Integer("num_hidden_layers");
  config.hidden_size = keys.Integer("hidden_size");
  config.heads = keys.Integer("num_attention_heads");
  config.kv_heads = keys.IntegerOr("num_key_value_heads", config.heads);
  // A count of heads that is not positive is refused later, by Check; the division must not fail
  // before.
  config.head_dim =
      keys.IntegerOr("head_dim", config.hidden_size / std::max<std::int64_t>(1, config.heads));
  config.intermediate_size = keys.Integer("intermediate_size");
  config.vocabulary = keys.Integer("vocab_size");
  config.max_context = keys.IntegerOr("max_position_embeddings", 2048);
  config.rms_norm_eps = keys.NumberOr("rms_norm_eps", 1e-6);
  config.tied_embeddings = keys.Flag("tie_word_embeddings");
  ReadRope(keys, config);
  return config;
}

}  // namespace saelaw
