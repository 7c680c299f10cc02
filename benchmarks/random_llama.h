// Llama models of random weights, as Hugging Face folders: a speed does not depend on the weights.
#pragma once

#include <cstdint>
#include <filesystem>

#include <ATen/core/Tensor.h>

namespace saelaw {

// By default Llama-3.2-1B's blocks, as far as its middle MLP. Its vocabulary of 128,256 would only
// make the file larger: the forward pass to a hook has no logits.
struct RandomLlama {
  std::int64_t hidden = 2048, intermediate = 8192, heads = 32, kv_heads = 8, head_dim = 64;
  std::int64_t vocabulary = 4096, layers = 16;
  std::int64_t written = 8;  // of the layers; all of them: what the logits need, too
};

// Ids that the tokenizer of such a model has: one for each printable character.
inline constexpr std::int64_t kRandomLlamaCharacters = 95;

// config.json, tokenizer.json and model.safetensors in bf16. Drawn on `device`.
void WriteModel(const RandomLlama& llama, at::Device device, const std::filesystem::path& folder);

// A whole model of SmolLM2-135M's width and six layers, the same at every call, and text.jsonl with
// documents of random characters.
void WriteSmallModel(const std::filesystem::path& folder);

}  // namespace saelaw
