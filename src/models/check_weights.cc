// The table below says which tensors a Llama block has and how large each must be, so that a wrong
// or damaged download is found within seconds. Only headers are read; the files are opened as the
// trainer opens them, so that both agree on what is there.
#include "models/check_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

struct NamedShape {
  std::string name;
  std::vector<std::int64_t> shape;
};

// Shapes are as Hugging Face stores a linear layer, [out, in]; GGUF files give the same order,
// since their reader turns the dimensions around.
std::vector<NamedShape> TensorsOfLayer(const LlamaConfig& config, std::int64_t layer) {
  const std::int64_t hidden = config.hidden_size;
  const std::int64_t inner = config.intermediate_size;
  const std::int64_t q_rows = config.heads * config.head_dim;
  const std::int64_t kv_rows = config.kv_heads * config.head_dim;
  std::vector<NamedShape> tensors = {{"input_layernorm", {hidden}},
                                     {"self_attn.q_proj", {q_rows, hidden}},
                                     {"self_attn.k_proj", {kv_rows, hidden}},
                                     {"self_attn.v_proj", {kv_rows, hidden}},
                                     {"self_attn.o_proj", {hidden, q_rows}},
                                     {"post_attention_layernorm", {hidden}},
                                     {"mlp.gate_proj", {inner, hidden}},
                                     {"mlp.up_proj", {inner, hidden}},
                                     {"mlp.down_proj", {hidden, inner}}};
  for (NamedShape& tensor : tensors) {
    tensor.name = fmt::format("model.layers.{}.{}.weight", layer, tensor.name);
  }
  return tensors;
}

void CheckOne(StoredWeights& files, const NamedShape& tensor) {
  CheckTensor(files.Find(tensor.name), tensor.shape);
}

// A GGUF file without an output matrix counts as tied (gguf_config.cc), so only a folder can lack
// the head, and the message may speak of config.json.
void CheckHead(const fs::path& path, const LlamaConfig& config, StoredWeights& files) {
  CheckOne(files, {"model.norm.weight", {config.hidden_size}});
  if (config.tied_embeddings) return;
  const std::string head = "lm_head.weight";
  if (!files.Has(head)) {
    throw ConfigurationError(fmt::format(
        "{}: no tensor {}, and config.json does not say that the embeddings are tied: if they are, "
        "write \"tie_word_embeddings\": true there; if the head is not wanted, set "
        "activations.spliced_contexts: 0",
        path.string(),
        head));
  }
  CheckOne(files, {head, {config.vocabulary, config.hidden_size}});
}

// These are the types that tensors/ can turn into floats. A type that is missing here may still
// have a name there, so that the message can tell the user what the file holds.
bool IsReadable(TensorType type) {
  switch (type) {
    case TensorType::kF64:
    case TensorType::kF32:
    case TensorType::kF16:
    case TensorType::kBF16:
    case TensorType::kQ8_0:
    case TensorType::kQ4_0:
    case TensorType::kQ4_1:
      return true;
    default:
      return false;
  }
}

void CheckTokenizer(const fs::path& path, const LlamaConfig& config, bool needs_bos) {
  const Tokenizer tokenizer = Tokenizer::Load(path);
  if (needs_bos && !tokenizer.bos()) {
    throw ConfigurationError(
        fmt::format("{}: activations.add_bos is true, but the tokenizer names no bos token "
                    "(bos_token in tokenizer_config.json): name one, or leave add_bos at auto",
                    path.string()));
  }
  // The embedding may have more rows than the tokenizer has ids, because makers pad it; only fewer
  // rows are a mistake.
  if (tokenizer.text_vocabulary() <= config.vocabulary) return;
  throw ConfigurationError(
      fmt::format("{}: the tokenizer makes ids up to {}, and the model embeds only {}: it is "
                  "another model's tokenizer",
                  path.string(),
                  tokenizer.text_vocabulary() - 1,
                  config.vocabulary));
}

}  // namespace

void CheckTensor(const StoredWeights::Found& found, const std::vector<std::int64_t>& shape) {
  const TensorView& view = *found.view;
  if (!IsReadable(view.type)) {
    throw ConfigurationError(
        fmt::format("{}: tensor {} holds {} (quantised weights, it seems), which cannot be read: "
                    "save the model as F32, F16 or BF16",
                    found.path->string(),
                    view.name,
                    TensorTypeName(view.type)));
  }
  if (view.shape == shape) return;
  throw IoError(fmt::format("{}: tensor {} has shape [{}], not [{}] as the configuration says",
                            found.path->string(),
                            view.name,
                            fmt::join(view.shape, ", "),
                            fmt::join(shape, ", ")));
}

void RefuseBiases(const StoredWeights& files, std::int64_t layer) {
  for (const char* name : {"self_attn.q_proj",
                           "self_attn.k_proj",
                           "self_attn.v_proj",
                           "self_attn.o_proj",
                           "mlp.gate_proj",
                           "mlp.up_proj",
                           "mlp.down_proj"}) {
    const std::string bias = fmt::format("model.layers.{}.{}.bias", layer, name);
    if (files.Has(bias)) throw ConfigurationError(bias + ": biases are not supported");
  }
}

void CheckWeights(const fs::path& path, const LlamaConfig& config, const ModelNeeds& needs) {
  const std::unique_ptr<StoredWeights> files = OpenStoredWeights(path);
  CheckOne(*files, {"model.embed_tokens.weight", {config.vocabulary, config.hidden_size}});
  // The head is checked first, because what is said of it is of more use than a damaged block.
  if (needs.whole) CheckHead(path, config, *files);
  const std::int64_t layers = needs.whole ? config.layers : needs.layers;
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    RefuseBiases(*files, layer);
    for (const NamedShape& tensor : TensorsOfLayer(config, layer)) CheckOne(*files, tensor);
  }
}

void CheckModelFiles(const fs::path& path, const ModelNeeds& needs) {
  const LlamaConfig config = ReadLlamaConfig(path);
  CheckWeights(path, config, needs);
  CheckTokenizer(path, config, needs.bos);
}

}  // namespace saelaw
