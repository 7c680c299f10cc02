// The family says which tensors a block has, and the configuration how large each must be, so that
// a wrong or damaged download is found within seconds. Only headers are read; the files are opened
// as the trainer opens them, so that both agree on what is there.
#include "models/check_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

void CheckOne(StoredWeights& files, const ModelConfig& config, Weight weight, std::int64_t layer) {
  CheckTensor(files.Find(WeightNameIn(*config.family, weight, layer)), WeightShape(config, weight));
}

void CheckHead(const fs::path& path, const ModelConfig& config, StoredWeights& files) {
  CheckOne(files, config, Weight::kFinalNorm, 0);
  if (config.tied_embeddings) return;
  const std::string head = WeightNameIn(*config.family, Weight::kOutput);
  if (!files.Has(head)) {
    throw ConfigurationError(fmt::format(
        "{}: no tensor {}, and config.json does not say that the embeddings are tied: if they are, "
        "write \"tie_word_embeddings\": true there; if the head is not wanted, set "
        "activations.spliced_contexts: 0",
        path.string(),
        head));
  }
  CheckOne(files, config, Weight::kOutput, 0);
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

void CheckTokenizer(const fs::path& path, const ModelConfig& config, bool needs_bos) {
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

void RefuseBiases(const StoredWeights& files, const ModelFamily& family, std::int64_t layer) {
  constexpr std::string_view kWeight = "weight";
  for (const WeightName& name : family.blocks) {
    if (name.weight == Weight::kAttentionNorm || name.weight == Weight::kMlpNorm) continue;
    std::string bias = WeightNameIn(family, name.weight, layer);
    bias.replace(bias.size() - kWeight.size(), kWeight.size(), "bias");
    if (files.Has(bias)) throw ConfigurationError(bias + ": biases are not supported");
  }
}

void CheckWeights(const fs::path& path, const ModelConfig& config, const ModelNeeds& needs) {
  const std::unique_ptr<StoredWeights> files = OpenStoredWeights(path);
  CheckOne(*files, config, Weight::kEmbedding, 0);
  // The head first: what is said of it is of more use than a damaged block.
  if (needs.whole) CheckHead(path, config, *files);
  const std::int64_t layers = needs.whole ? config.layers : needs.layers;
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    RefuseBiases(*files, *config.family, layer);
    for (const WeightName& name : config.family->blocks) {
      CheckOne(*files, config, name.weight, layer);
    }
  }
}

void CheckModelFiles(const fs::path& path, const ModelNeeds& needs) {
  const ModelConfig config = ReadModelConfig(path);
  CheckWeights(path, config, needs);
  CheckTokenizer(path, config, needs.bos);
}

}  // namespace saelaw
