// All code outside asks for tensors by their Hugging Face names; here they become those of
// llama.cpp. A name that the tables do not know keeps its spelling, so that asking for it finds
// nothing and the message shows what was looked for.
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "core/errors.h"
#include "models/gguf_parts.h"
#include "models/stored_weights_kinds.h"

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
    // The dot must follow, or one name would match another that merely begins with it.
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

class GgufFiles : public StoredWeights {
 public:
  explicit GgufFiles(const std::filesystem::path& path) : parts_(path) {}

  bool Has(const std::string& name) const override { return parts_.Has(GgufName(name)); }

  Found Find(const std::string& name) override {
    const std::string own_name = GgufName(name);
    const GgufParts::Found found = parts_.Find(own_name);
    if (found.view == nullptr) {
      throw IoError(
          fmt::format("{}: tensor {} is missing", parts_.first().path().string(), own_name));
    }
    return {&found.file->path(), found.view};
  }

  // The converter of llama.cpp permutes the rows of q_proj and k_proj of every Llama model.
  bool interleaved() const override { return true; }

 private:
  GgufParts parts_;
};

}  // namespace

std::unique_ptr<StoredWeights> OpenGgufFiles(const std::filesystem::path& path) {
  return std::make_unique<GgufFiles>(path);
}

}  // namespace saelaw
