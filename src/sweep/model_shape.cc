// Prices need only the shape, and of more models than can be trained on, so this reads the few keys
// that all Llama-like models have and refuses no variant as models/ does. It must not throw,
// because a plan is possible without the model.
#include "sweep/model_shape.h"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/files.h"
#include "models/gguf_parts.h"
#include "sweep/keys.h"
#include "tensors/lfs_pointer.h"

namespace saelaw {
namespace {

using Json = nlohmann::json;

// Llama-3.2-1B has 1,235,814,400 parameters, and its cost plan counts 1.2e9. SmolLM2-135M is taken
// from its files, Gemma 2 2B from its published configuration (2,614,341,888 parameters).
const std::array kCards = {ModelShape{.name = "llama-3.2-1b",
                                      .parameters = 1'200'000'000,
                                      .layers = 16,
                                      .hidden_size = 2048,
                                      .intermediate_size = 8192,
                                      .heads = 32,
                                      .kv_heads = 8,
                                      .head_dim = 64,
                                      .vocabulary = 128'256},
                           ModelShape{.name = "smollm2-135m",
                                      .parameters = 134'515'008,
                                      .layers = 30,
                                      .hidden_size = 576,
                                      .intermediate_size = 1536,
                                      .heads = 9,
                                      .kv_heads = 3,
                                      .head_dim = 64,
                                      .vocabulary = 49'152},
                           ModelShape{.name = "gemma-2-2b",
                                      .parameters = 2'614'341'888,
                                      .layers = 26,
                                      .hidden_size = 2304,
                                      .intermediate_size = 9216,
                                      .heads = 8,
                                      .kv_heads = 4,
                                      .head_dim = 256,
                                      .vocabulary = 256'000}};

// The parameters of a Llama are attention and gated MLP of each block, two norms a block and one at
// the end, and the embedding, twice when the output has its own. Biases and further norms of other
// models are not counted; they are small.
std::int64_t CountParameters(const ModelShape& m, bool tied) {
  const std::int64_t attention = 2 * m.hidden_size * m.head_dim * (m.heads + m.kv_heads);
  const std::int64_t mlp = 3 * m.hidden_size * m.intermediate_size;
  const std::int64_t embeddings = (tied ? 1 : 2) * m.vocabulary * m.hidden_size;
  return m.layers * (attention + mlp + 2 * m.hidden_size) + m.hidden_size + embeddings;
}

// Empty when every extent is positive and the products of CountParameters stay far from overflow.
std::string Implausible(const ModelShape& m) {
  for (const std::int64_t extent : {m.layers,
                                    m.hidden_size,
                                    m.intermediate_size,
                                    m.heads,
                                    m.kv_heads,
                                    m.head_dim,
                                    m.vocabulary}) {
    // The limit is that of models/llama_config.cc.
    if (extent < 1 || extent > 1 << 24) return fmt::format("a size of {} in its shape", extent);
  }
  constexpr double kMost = 1e15;
  const auto hidden = static_cast<double>(m.hidden_size);
  const double attention =
      hidden * static_cast<double>(m.head_dim) * static_cast<double>(m.heads + m.kv_heads);
  const double mlp = hidden * static_cast<double>(m.intermediate_size);
  // Products of three extents may exceed 64 bits, so the test is made in doubles, before anything
  // is multiplied as integers.
  const double weights = static_cast<double>(m.layers) * (attention + mlp);
  return weights > kMost ? fmt::format("{:.2g} weights in its shape", weights) : "";
}

ShapeOrReason FromConfig(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "config.json";
  try {
    const std::string text = ReadFile(path);
    RefuseLfsPointer(path, text);
    const Json json = Json::parse(text);
    ModelShape m;
    m.name = folder.filename().string();
    m.layers = json.at("num_hidden_layers");
    m.hidden_size = json.at("hidden_size");
    m.intermediate_size = json.at("intermediate_size");
    m.heads = json.at("num_attention_heads");
    // Older configurations have no such key: every head has its own keys and values.
    m.kv_heads = json.value("num_key_value_heads", m.heads);
    m.vocabulary = json.at("vocab_size");
    const auto head_dim = json.find("head_dim");
    // A null stands for the default here, as it does for transformers.
    const bool has_head_dim = head_dim != json.end() && !head_dim->is_null();
    if (m.heads < 1) return {.reason = path.string() + ": no attention heads"};
    m.head_dim = has_head_dim ? head_dim->get<std::int64_t>() : m.hidden_size / m.heads;
    const std::string wrong = Implausible(m);
    if (!wrong.empty()) return {.reason = fmt::format("{}: {}", path.string(), wrong)};
    m.parameters = CountParameters(m, json.value("tie_word_embeddings", false));
    return {.shape = m};
  } catch (const Json::exception& error) {
    // A key that is missing or of another type is told in the words of the JSON library.
    return {.reason = fmt::format("{}: {}", path.string(), error.what())};
  } catch (const Error& error) {
    return {.reason = error.what()};
  }
}

ShapeOrReason FromGguf(const std::filesystem::path& path) {
  try {
    const GgufParts parts(path);
    const GgufFile& file = parts.first();
    // The keys begin with the architecture's name, whichever it is.
    const std::string* architecture = file.String("general.architecture");
    if (architecture == nullptr) return {.reason = path.string() + ": names no architecture"};
    const auto integer = [&](const char* key) {
      return file.Integer(fmt::format("{}.{}", *architecture, key)).value_or(0);
    };
    ModelShape m;
    const std::string* name = file.String("general.name");
    // The name is only shown; a file without one goes by its own.
    m.name = name == nullptr ? path.stem().string() : *name;
    m.layers = integer("block_count");
    m.hidden_size = integer("embedding_length");
    m.intermediate_size = integer("feed_forward_length");
    m.heads = integer("attention.head_count");
    m.kv_heads = integer("attention.head_count_kv");
    if (m.kv_heads == 0) m.kv_heads = m.heads;
    m.head_dim = integer("attention.key_length");
    if (m.head_dim == 0 && m.heads > 0) m.head_dim = m.hidden_size / m.heads;
    // The list of tokens goes before the number, which is optional in the format.
    const auto* tokens = file.Strings("tokenizer.ggml.tokens");
    m.vocabulary =
        tokens != nullptr ? static_cast<std::int64_t>(tokens->size()) : integer("vocab_size");
    const std::string wrong = Implausible(m);
    if (!wrong.empty()) return {.reason = fmt::format("{}: {}", path.string(), wrong)};
    m.parameters = CountParameters(m, !parts.Has("output.weight"));
    return {.shape = m};
  } catch (const Error& error) {
    return {.reason = error.what()};
  }
}

}  // namespace

ShapeOrReason ReadModelShape(const std::filesystem::path& model) {
  std::error_code error;
  if (!std::filesystem::exists(model, error)) {
    return {.reason = fmt::format("{} does not exist", model.string())};
  }
  return std::filesystem::is_directory(model, error) ? FromConfig(model) : FromGguf(model);
}

std::int64_t WidthAt(const ModelShape& shape, const std::string& hook) {
  return hook == "mlp_act" ? shape.intermediate_size : shape.hidden_size;
}

const ModelShape* FindModelCard(std::string_view name) {
  for (const ModelShape& card : kCards) {
    if (card.name == name) return &card;
  }
  return nullptr;
}

std::vector<std::string> ModelCardNames() {
  std::vector<std::string> names;
  for (const ModelShape& card : kCards) names.push_back(card.name);
  return names;
}

}  // namespace saelaw
