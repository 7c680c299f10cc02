// What a checkpoint says about itself, readable without its weights.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/hooks.h"

namespace saelaw {

// RoPE scaling "llama3": long wavelengths are divided by `factor`, short ones kept, those between
// interpolated (Llama 3.1; the formula stands beside InverseFrequencies).
struct Llama3RopeScaling {
  double factor = 8;
  double low_freq_factor = 1;
  double high_freq_factor = 4;
  double original_max_position_embeddings = 8192;
};

// The extents that every family has.
struct ModelExtents {
  std::int64_t layers = 0;
  std::int64_t hidden_size = 0;
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;  // divides heads
  std::int64_t head_dim = 0;
  std::int64_t intermediate_size = 0;
  std::int64_t vocabulary = 0;
  bool tied_embeddings = false;  // the output matrix is the embedding matrix
};

struct ModelFamily;

// What a forward pass needs to know besides the weights; head_dim is even.
struct ModelConfig : ModelExtents {
  const ModelFamily* family = nullptr;  // never null in what ReadModelConfig gives
  std::int64_t max_context = 0;         // tokens
  double rope_theta = 10000;
  double rms_norm_eps = 1e-6;
  std::optional<Llama3RopeScaling> rope_scaling;
  // GGUF files carry the same scaling as divisors of each frequency [head_dim / 2]; else empty.
  std::vector<float> rope_divisors;
};

// True for a Hugging Face folder, false for a GGUF file. Throws ConfigurationError for anything
// else, with what to do about it.
bool IsModelFolder(const std::filesystem::path& path);

// `path`: a Hugging Face folder (config.json) or a GGUF file. Reads no weights. Throws
// ConfigurationError when it is another architecture or a variant that is not supported (biases,
// other RoPE scalings, pickled or quantised checkpoints), IoError when a file is missing or
// damaged.
ModelConfig ReadModelConfig(const std::filesystem::path& path);

// Components of one activation vector: intermediate_size for mlp_act, else hidden_size.
std::int64_t HookWidth(const ModelExtents& model, Hook hook);

}  // namespace saelaw
