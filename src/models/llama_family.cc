// Every variant that would change the forward pass is refused by its name, because an ignored key
// would yield wrong activations without any sign of it. What is absent gets the default that
// transformers gives it.
#include "models/llama_family.h"

#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "core/errors.h"
#include "models/config_json.h"
#include "models/gguf_parts.h"
#include "models/model_extents.h"

namespace saelaw {
namespace {

constexpr std::array kModelWeights = {
    WeightName{Weight::kEmbedding, "model.embed_tokens", "token_embd"},
    WeightName{Weight::kFinalNorm, "model.norm", "output_norm"},
    WeightName{Weight::kOutput, "lm_head", "output"},
};

constexpr std::array kBlockWeights = {
    WeightName{Weight::kAttentionNorm, "input_layernorm", "attn_norm"},
    WeightName{Weight::kQuery, "self_attn.q_proj", "attn_q"},
    WeightName{Weight::kKey, "self_attn.k_proj", "attn_k"},
    WeightName{Weight::kValue, "self_attn.v_proj", "attn_v"},
    WeightName{Weight::kAttentionOut, "self_attn.o_proj", "attn_output"},
    WeightName{Weight::kMlpNorm, "post_attention_layernorm", "ffn_norm"},
    WeightName{Weight::kGate, "mlp.gate_proj", "ffn_gate"},
    WeightName{Weight::kUp, "mlp.up_proj", "ffn_up"},
    WeightName{Weight::kDown, "mlp.down_proj", "ffn_down"},
};

// --- config.json

void RefuseVariants(const ConfigJson& json) {
  const std::string activation = json.TextOr("hidden_act", "silu");
  if (activation != "silu") json.Fail("hidden_act", "is '" + activation + "' (only 'silu' is)");
  for (const char* bias : {"attention_bias", "mlp_bias"}) {
    if (json.Flag(bias)) json.Fail(bias, "is true: biases are not supported");
  }
  if (json.Has("quantization_config")) {
    json.Fail("quantization_config", "is present: save the model as fp32, fp16 or bf16 first");
  }
}

// There are two spellings: rope_theta and rope_scaling {type or rope_type, ...} beside each other,
// or rope_parameters {rope_theta, rope_type, ...} (transformers 5). Where both are there,
// rope_parameters decides, and rope_scaling is not looked at.
void ReadRope(const ConfigJson& keys, ModelConfig& config) {
  const bool joined = keys.Has("rope_parameters");
  const ConfigJson rope = keys.Object(joined ? "rope_parameters" : "rope_scaling");
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

ModelConfig ReadFolder(const ConfigJson& json) {
  RefuseVariants(json);
  ModelConfig config;
  static_cast<ModelExtents&>(config) = ReadExtents(json);
  config.max_context = json.IntegerOr("max_position_embeddings", 2048);
  config.rms_norm_eps = json.NumberOr("rms_norm_eps", 1e-6);
  ReadRope(json, config);
  return config;
}

// --- A GGUF file says in its metadata what config.json says in a folder, except that the
// vocabulary and the tied head show in its tensors alone. The keys are those of the specification,
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md

[[noreturn]] void Fail(const GgufFile& file, const std::string& what) {
  throw ConfigurationError(file.path().string() + ": " + what);
}

// A factor without a type is linear scaling, as llama.cpp has it, and a factor of 0 or 1 means no
// scaling. The llama3 scaling passes, because it is stored as a tensor (RopeDivisors).
void RefuseRopeScaling(const GgufFile& file) {
  const std::string* type = file.String("llama.rope.scaling.type");
  if (type != nullptr && *type == "none") return;
  if (type != nullptr && *type != "linear") {
    Fail(file, fmt::format("rope scaling '{}' is not supported", *type));
  }
  for (const char* key : {"llama.rope.scaling.factor", "llama.rope.scale_linear"}) {
    const double factor = file.Number(key).value_or(1);
    if (factor == 0 || factor == 1) continue;
    Fail(file, fmt::format("{} is {}: rope scaling 'linear' is not supported", key, factor));
  }
}

// The tensor rope_freqs.weight holds the llama3 scaling as divisors of the frequencies.
std::vector<float> RopeDivisors(const GgufParts& parts, std::int64_t head_dim) {
  const GgufFile& file = parts.first();
  const TensorView* view = parts.Find("rope_freqs.weight").view;
  if (view == nullptr) return {};
  if (view->size() != head_dim / 2)
    Fail(file, "rope_freqs.weight does not have head_dim / 2 values");
  std::vector<float> divisors(static_cast<std::size_t>(view->size()));
  CopyAsFloat(*view, divisors);
  for (const float divisor : divisors) {
    if (!std::isfinite(divisor) || divisor <= 0) {
      throw IoError(file.path().string() + ": rope_freqs.weight is not positive and finite");
    }
  }
  return divisors;
}

std::int64_t Vocabulary(const GgufParts& parts) {
  const TensorView* embedding = parts.Find("token_embd.weight").view;
  if (embedding == nullptr || embedding->shape.empty()) {
    Fail(parts.first(), "no tensor token_embd.weight");
  }
  return embedding->shape.front();
}

// What is stored otherwise than the forward pass has it.
void RefuseHeads(const GgufFile& file, const ModelConfig& config) {
  if (file.Integer("llama.attention.value_length").value_or(config.head_dim) != config.head_dim) {
    Fail(file, "keys and values of different lengths are not supported");
  }
  if (file.Integer("llama.rope.dimension_count").value_or(config.head_dim) != config.head_dim) {
    Fail(file, "a rotary embedding of part of the head is not supported");
  }
}

ModelConfig ReadGguf(const GgufParts& parts) {
  const GgufFile& file = parts.first();
  if (file.Integer("llama.expert_count").value_or(0) > 0) {
    Fail(file, "mixtures of experts are not supported");
  }
  RefuseRopeScaling(file);
  ModelConfig config;
  static_cast<ModelExtents&>(config) = ReadExtents(parts, "llama");
  config.vocabulary = Vocabulary(parts);  // rows that there are, whatever the tokenizer says
  RefuseHeads(file, config);
  const auto context = file.Integer("llama.context_length");
  if (!context) Fail(file, "metadata llama.context_length is missing");
  config.max_context = *context;
  config.rope_theta = file.Number("llama.rope.freq_base").value_or(10000);
  config.rms_norm_eps = file.Number("llama.attention.layer_norm_rms_epsilon").value_or(1e-5);
  config.rope_divisors = RopeDivisors(parts, config.head_dim);
  return config;
}

}  // namespace

const ModelFamily kLlamaFamily = {.name = "llama",
                                  .block = "model.layers.{}.",
                                  .gguf_block = "blk.{}.",
                                  .model = kModelWeights,
                                  .blocks = kBlockWeights,
                                  .read_folder = ReadFolder,
                                  .read_gguf = ReadGguf};

}  // namespace saelaw
