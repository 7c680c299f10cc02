#include "random_llama.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/files.h"
#include "tensors/safetensors.h"
#include "tokens/character_tokenizer.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

void WriteWeights(const RandomLlama& llama, at::Device device, const fs::path& path) {
  std::vector<at::Tensor> kept;
  std::vector<TensorView> views;
  const auto add = [&](const std::string& name, std::vector<std::int64_t> sizes, double scale) {
    const auto options = at::dtype(at::kFloat).device(device);
    at::Tensor values = scale == 0 ? at::ones(sizes, options) : at::randn(sizes, options) * scale;
    kept.push_back(values.to(at::kBFloat16).cpu());
    const auto* bytes = static_cast<const std::byte*>(kept.back().const_data_ptr());
    views.push_back({name, TensorType::kBF16, std::move(sizes), {bytes, kept.back().nbytes()}});
  };
  const auto matrix = [&](const std::string& name, std::int64_t rows, std::int64_t columns) {
    add(name, {rows, columns}, 1 / std::sqrt(static_cast<double>(columns)));
  };
  add("model.embed_tokens.weight", {llama.vocabulary, llama.hidden}, 0.02);
  for (std::int64_t i = 0; i < llama.written; ++i) {
    const std::string block = fmt::format("model.layers.{}.", i);
    const std::int64_t queries = llama.heads * llama.head_dim;
    const std::int64_t shared = llama.kv_heads * llama.head_dim;
    add(block + "input_layernorm.weight", {llama.hidden}, 0);
    add(block + "post_attention_layernorm.weight", {llama.hidden}, 0);
    matrix(block + "self_attn.q_proj.weight", queries, llama.hidden);
    matrix(block + "self_attn.k_proj.weight", shared, llama.hidden);
    matrix(block + "self_attn.v_proj.weight", shared, llama.hidden);
    matrix(block + "self_attn.o_proj.weight", llama.hidden, queries);
    matrix(block + "mlp.gate_proj.weight", llama.intermediate, llama.hidden);
    matrix(block + "mlp.up_proj.weight", llama.intermediate, llama.hidden);
    matrix(block + "mlp.down_proj.weight", llama.hidden, llama.intermediate);
  }
  if (llama.written == llama.layers) add("model.norm.weight", {llama.hidden}, 0);
  WriteSafetensors(path, views, {});
}

// Documents of random characters, one a line.
void WriteText(const fs::path& folder) {
  constexpr std::int64_t kDocuments = 400, kLength = 1024;
  std::string text;
  for (std::int64_t i = 0; i < kDocuments; ++i) {
    const at::Tensor ids = at::randint('a', 'z' + 1, {kLength}, at::dtype(at::kByte));
    const std::string words(static_cast<const char*>(ids.const_data_ptr()), kLength);
    text += Json{{"text", words}}.dump() + "\n";
  }
  WriteFile(folder / "text.jsonl", text, Durability::kAtomic);
}

}  // namespace

void WriteModel(const RandomLlama& llama, at::Device device, const fs::path& folder) {
  WriteWeights(llama, device, folder / "model.safetensors");
  const Json config = {{"model_type", "llama"},
                       {"hidden_size", llama.hidden},
                       {"intermediate_size", llama.intermediate},
                       {"num_attention_heads", llama.heads},
                       {"num_key_value_heads", llama.kv_heads},
                       {"head_dim", llama.head_dim},
                       {"num_hidden_layers", llama.layers},
                       {"vocab_size", llama.vocabulary},
                       {"max_position_embeddings", 131072},
                       {"rms_norm_eps", 1e-5},
                       {"rope_theta", 500000.0},
                       {"tie_word_embeddings", true}};
  WriteFile(folder / "config.json", config.dump(), Durability::kAtomic);
  WriteFile(folder / "tokenizer.json", CharacterTokenizer(), Durability::kAtomic);
}

void WriteSmallModel(const fs::path& folder) {
  RandomLlama small;
  small.hidden = 576, small.intermediate = 1536, small.heads = 9, small.kv_heads = 3;
  small.vocabulary = 128, small.layers = small.written = 6;
  at::manual_seed(1);
  WriteModel(small, at::kCPU, folder);
  WriteText(folder);
}

}  // namespace saelaw
