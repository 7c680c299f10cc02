// A GGUF file says in its metadata what config.json says in a folder, except that the vocabulary
// and the tied head show in its tensors alone. The keys are those of the specification,
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "core/errors.h"
#include "models/config_sources.h"
#include "models/gguf_parts.h"

namespace saelaw {
namespace {

[[noreturn]] void Fail(const GgufFile& file, const std::string& what) {
  throw ConfigurationError(file.path().string() + ": " + what);
}

std::int64_t Required(const GgufFile& file, const char* key) {
  const auto value = file.Integer(key);
  if (!value) Fail(file, fmt::format("metadata {} is missing", key));
  return *value;
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

void RefuseVariants(const GgufFile& file) {
  const std::string* architecture = file.String("general.architecture");
  if (architecture == nullptr || *architecture != "llama") {
    Fail(file,
         fmt::format("architecture '{}' (only 'llama' is supported)",
                     architecture == nullptr ? "" : *architecture));
  }
  if (file.Integer("llama.expert_count").value_or(0) > 0) {
    Fail(file, "mixtures of experts are not supported");
  }
  RefuseRopeScaling(file);
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

// The embedding has one row for each id, and llama.vocab_size is optional in the metadata, so the
// tensor decides.
std::int64_t Vocabulary(const GgufParts& parts) {
  const TensorView* embedding = parts.Find("token_embd.weight").view;
  if (embedding == nullptr || embedding->shape.empty()) {
    Fail(parts.first(), "no tensor token_embd.weight");
  }
  return embedding->shape.front();
}

void ReadHeads(const GgufFile& file, LlamaConfig& config) {
  config.heads = Required(file, "llama.attention.head_count");
  config.kv_heads = file.Integer("llama.attention.head_count_kv").value_or(config.heads);
  if (config.heads < 1) Fail(file, "no attention heads");
  config.head_dim =
      file.Integer("llama.attention.key_length").value_or(config.hidden_size / config.heads);
  if (file.Integer("llama.attention.value_length").value_or(config.head_dim) != config.head_dim) {
    Fail(file, "keys and values of different lengths are not supported");
  }
  if (file.Integer("llama.rope.dimension_count").value_or(config.head_dim) != config.head_dim) {
    Fail(file, "a rotary embedding of part of the head is not supported");
  }
}

}  // namespace

LlamaConfig ReadGgufConfig(const std::filesystem::path& path) {
  const GgufParts parts(path);
  const GgufFile& file = parts.first();
  RefuseVariants(file);
  LlamaConfig config;
  config.layers = Required(file, "llama.block_count");
  config.hidden_size = Required(file, "llama.embedding_length");
  config.intermediate_size = Required(file, "llama.feed_forward_length");
  config.max_context = Required(file, "llama.context_length");
  config.vocabulary = Vocabulary(parts);
  ReadHeads(file, config);
  config.rope_theta = file.Number("llama.rope.freq_base").value_or(10000);
  config.rms_norm_eps = file.Number("llama.attention.layer_norm_rms_epsilon").value_or(1e-5);
  // The output matrix is left out of the file where it is the embedding matrix.
  config.tied_embeddings = !parts.Has("output.weight");
  config.rope_divisors = RopeDivisors(parts, config.head_dim);
  return config;
}

}  // namespace saelaw
