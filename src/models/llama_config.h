// What a Llama-family checkpoint says about itself, readable without its weights, and the places
// of its forward pass where activations are taken.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace saelaw {

// RoPE scaling "llama3": long wavelengths are divided by `factor`, short ones kept, those between
// interpolated (Llama 3.1; the formula stands beside InverseFrequencies).
struct Llama3RopeScaling {
  double factor = 8;
  double low_freq_factor = 1;
  double high_freq_factor = 4;
  double original_max_position_embeddings = 8192;
};

struct LlamaConfig {
  std::int64_t layers = 0;
  std::int64_t hidden_size = 0;
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;  // divides heads
  std::int64_t head_dim = 0;  // even
  std::int64_t intermediate_size = 0;
  std::int64_t vocabulary = 0;
  std::int64_t max_context = 0;  // tokens
  double rope_theta = 10000;
  double rms_norm_eps = 1e-6;
  bool tied_embeddings = false;  // the output matrix is the embedding matrix
  std::optional<Llama3RopeScaling> rope_scaling;
  // GGUF files carry the same scaling as divisors of each frequency [head_dim / 2]; else empty.
  std::vector<float> rope_divisors;
};

// `path`: a Hugging Face folder (config.json) or a GGUF file. Reads no weights. Throws
// ConfigurationError when it is another architecture or a variant that is not supported (biases,
// other RoPE scalings, pickled or quantised checkpoints), IoError when a file is missing or
// damaged.
LlamaConfig ReadLlamaConfig(const std::filesystem::path& path);

// Where activations are taken in a block. Stored: do not change the names.
enum class Hook {
  kMlpOut,     // "mlp_out": what the MLP adds to the residual stream (the output of down_proj)
  kMlpAct,     // "mlp_act": silu(gate) * up, the input of down_proj
  kResidPost,  // "resid_post": the residual stream after the block
};

// Nothing when there is no hook of this name.
std::optional<Hook> ParseHook(std::string_view name);
std::string_view HookName(Hook hook);
// Components of one activation vector: intermediate_size for mlp_act, else hidden_size.
std::int64_t HookWidth(const LlamaConfig& config, Hook hook);

}  // namespace saelaw
