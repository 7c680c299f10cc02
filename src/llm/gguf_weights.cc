// Weights of a GGUF file under their Hugging Face names and in the Hugging Face order of rows.
#include <array>
#include <optional>
#include <string_view>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "llm/weight_source.h"
#include "run/errors.h"
#include "tensors/gguf.h"

namespace saelaw {
namespace {

using Renaming = std::pair<std::string_view, std::string_view>;

constexpr std::array<Renaming, 3> kModelNames = {{
    {"model.embed_tokens", "token_embd"},
    {"model.norm", "output_norm"},
    {"lm_head", "output"},
}};

constexpr std::array<Renaming, 9> kBlockNames = {{
    {"input_layernorm", "attn_norm"},
    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},
    {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"},
    {"post_attention_layernorm", "ffn_norm"},
    {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},
}};

template <std::size_t kCount>
std::optional<std::string> Rename(std::string_view name,
                                  const std::array<Renaming, kCount>& names) {
  for (const auto& [from, to] : names) {
    if (name.starts_with(from) && name.substr(from.size()).starts_with('.')) {
      return std::string(to) + std::string(name.substr(from.size()));
    }
  }
  return std::nullopt;
}

// "model.layers.3.mlp.up_proj.weight" → "blk.3.ffn_up.weight".
std::string GgufName(const std::string& name) {
  constexpr std::string_view kPrefix = "model.layers.";
  if (!name.starts_with(kPrefix)) return Rename(name, kModelNames).value_or(name);
  const std::string_view rest = std::string_view(name).substr(kPrefix.size());
  const std::size_t dot = rest.find('.');
  const std::string_view part = rest.substr(dot + 1);
  return fmt::format(
      "blk.{}.{}", rest.substr(0, dot), Rename(part, kBlockNames).value_or(std::string(part)));
}

// GGUF interleaves the two halves of each head's rotary pairs: row 2j + h of a head is row
// h * head_dim / 2 + j in Hugging Face's order.
at::Tensor Deinterleave(const at::Tensor& rows, std::int64_t heads) {
  const std::int64_t half = rows.size(0) / heads / 2;
  return rows.view({heads, half, 2, rows.size(1)}).transpose(1, 2).reshape(rows.sizes());
}

class GgufWeights : public WeightSource {
 public:
  GgufWeights(const std::filesystem::path& path, const LlamaConfig& config)
      : file_(path), heads_(config.heads), kv_heads_(config.kv_heads) {}

  bool Has(const std::string& name) override { return file_.Find(GgufName(name)) != nullptr; }

  at::Tensor Load(const std::string& name, const std::vector<std::int64_t>& shape) override {
    const std::string own_name = GgufName(name);
    const TensorView* view = file_.Find(own_name);
    if (view == nullptr) {
      throw IoError(fmt::format("{}: tensor {} is missing", file_.path().string(), own_name));
    }
    at::Tensor tensor = LoadView(file_.path(), *view, shape);
    if (name.ends_with(".q_proj.weight")) return Deinterleave(tensor, heads_);
    if (name.ends_with(".k_proj.weight")) return Deinterleave(tensor, kv_heads_);
    return tensor;
  }

 private:
  GgufFile file_;
  std::int64_t heads_;
  std::int64_t kv_heads_;
};

}  // namespace

std::unique_ptr<WeightSource> OpenGgufWeights(const std::filesystem::path& path,
                                              const LlamaConfig& config) {
  return std::make_unique<GgufWeights>(path, config);
}

}  // namespace saelaw
