// activations: the three kinds of source, and the shape of the language model.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "sweep/assemble.h"
#include "sweep/model_shape.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

constexpr std::string_view kShapeKeys[] = {
    "parameters", "layers", "hidden_size", "intermediate_size", "heads", "vocabulary"};

std::optional<ModelShape> ShapeFromKeys(Reading& reading) {
  const std::string section = "activations.shape.";
  for (const std::string_view key : kShapeKeys) reading.Require(section + std::string(key));
  ModelShape shape;
  shape.name = reading.Text(section + "name");
  shape.parameters = static_cast<std::int64_t>(reading.Number(section + "parameters"));
  shape.layers = reading.Count(section + "layers");
  shape.hidden_size = reading.Count(section + "hidden_size");
  shape.intermediate_size = reading.Count(section + "intermediate_size");
  shape.heads = reading.Count(section + "heads");
  shape.vocabulary = reading.Count(section + "vocabulary");
  if (shape.heads < 1 || shape.hidden_size < 1) return std::nullopt;
  reading.Default(section + "kv_heads", static_cast<double>(shape.heads), "heads");
  const std::int64_t head_dim = shape.hidden_size / shape.heads;
  reading.Default(section + "head_dim", static_cast<double>(head_dim), "hidden_size / heads");
  shape.kv_heads = reading.Count(section + "kv_heads");
  shape.head_dim = reading.Count(section + "head_dim");
  return shape;
}

std::optional<ModelShape> ShapeFromCard(Reading& reading) {
  const std::string name = reading.Text("activations.card");
  if (const ModelShape* card = FindModelCard(name)) return *card;
  const std::vector<std::string> names = ModelCardNames();
  reading.AddMistake("activations.card",
                     fmt::format("activations.card must be one of {}, got '{}'; or give "
                                 "activations.shape",
                                 fmt::join(names, ", "),
                                 name.substr(0, 60)));
  return std::nullopt;
}

// The files are asked even when a card tells the shape: a missing model is worth a warning.
std::optional<ModelShape> FindShape(Reading& reading) {
  const std::string model = reading.Text("activations.model");
  const ShapeOrReason found = model.empty() ? ShapeOrReason{} : ReadModelShape(model);
  const bool told = reading.Given("activations.shape") || reading.Given("activations.card");
  if (!told && !model.empty() && !found.shape) {
    reading.AddMistake("activations.model",
                       fmt::format("activations.model: {}; to plan without it, give "
                                   "activations.card or activations.shape",
                                   found.reason));
  } else if (!found.reason.empty()) {
    reading.AddWarning("activations.model",
                       fmt::format("activations.model: {}; `saelaw run` needs it", found.reason));
  }
  if (reading.Given("activations.shape")) return ShapeFromKeys(reading);
  if (reading.Given("activations.card")) {
    std::optional<ModelShape> card = ShapeFromCard(reading);
    if (card && found.shape && card->hidden_size != found.shape->hidden_size) {
      reading.AddMistake("activations.card",
                         fmt::format("activations.card says hidden_size {}, but the model's files "
                                     "say {}",
                                     card->hidden_size,
                                     found.shape->hidden_size));
    }
    return card;
  }
  return found.shape;
}

void CheckText(Reading& reading) {
  const bool text = reading.Given("activations.text");
  if (text == reading.Given("activations.token_files")) {
    reading.AddMistake(text ? "activations.token_files" : "activations",
                       text ? "give activations.text or activations.token_files, not both"
                            : "activations.text is missing: text files, folders or patterns; or "
                              "give activations.token_files");
  }
  for (const std::string key : {"activations.text", "activations.token_files"}) {
    for (const std::string& path :
         reading.Given(key) ? reading.Texts(key) : std::vector<std::string>{}) {
      std::error_code error;
      const bool pattern = path.find_first_of("*?[") != std::string::npos;
      if (!pattern && !std::filesystem::exists(path, error)) {
        reading.AddWarning(key,
                           fmt::format("{}: {} does not exist; `saelaw run` needs it", key, path));
      }
    }
  }
}

std::optional<std::int32_t> SeparatorOf(Reading& reading) {
  const std::string key = "activations.document_separator";
  if (!reading.Given(key)) return std::nullopt;
  if (!reading.Given("activations.token_files")) {
    reading.AddWarning(key, fmt::format("{} has no effect without activations.token_files", key));
    return std::nullopt;
  }
  return static_cast<std::int32_t>(reading.Count(key));
}

std::string TextKeyOf(Reading& reading) {
  const std::string key = "activations.text_key";
  if (reading.Given(key) && !reading.Given("activations.text")) {
    reading.AddWarning(key, fmt::format("{} has no effect without activations.text", key));
  }
  return reading.Text(key);
}

ModelSource AssembleModel(Reading& reading, const std::optional<ModelShape>& shape) {
  ModelSource model;
  reading.Require("activations.model");
  CheckText(reading);
  const std::string layer_key = "activations.layer";
  if (shape) {
    const std::int64_t middle = std::max<std::int64_t>(0, shape->layers / 2 - 1);
    reading.Default(layer_key, static_cast<double>(middle), "last block of the first half");
  }
  model.model = reading.Text("activations.model");
  if (reading.Given("activations.text")) model.text = reading.Texts("activations.text");
  model.text_key = TextKeyOf(reading);
  if (reading.Given("activations.token_files")) {
    model.token_files = reading.Texts("activations.token_files");
    model.token_dtype = reading.Text("activations.token_dtype");
  }
  model.document_separator = SeparatorOf(reading);
  const std::string add_bos = reading.Text("activations.add_bos");
  if (add_bos == "true" || add_bos == "false") model.add_bos = add_bos == "true";
  model.hook = reading.Text("activations.hook");
  model.layer = static_cast<int>(reading.Count(layer_key));
  model.context_tokens = static_cast<int>(reading.Count("activations.context_tokens"));
  model.precision =
      reading.Text("activations.precision") == "fp32" ? Precision::kFp32 : Precision::kBf16;
  model.short_documents = reading.Text("activations.short_documents") == "drop"
                              ? ShortDocuments::kDrop
                              : ShortDocuments::kKeep;
  model.mixing_tokens = reading.Count("activations.mixing_tokens");
  model.held_out_documents = reading.Count("activations.held_out_documents");
  model.spliced_contexts = static_cast<int>(reading.Count("activations.spliced_contexts"));
  if (shape && reading.Good({layer_key}) && model.layer >= shape->layers) {
    reading.AddMistake(layer_key,
                       fmt::format("{} must be less than the model's {} blocks (counted from 0), "
                                   "got {}",
                                   layer_key,
                                   shape->layers,
                                   model.layer));
  }
  return model;
}

SyntheticSource AssembleSynthetic(Reading& reading) {
  const std::string section = "activations.synthetic.";
  SyntheticSource source;
  source.d_in = reading.Count(section + "d_in");
  source.dictionary_size = reading.Count(section + "dictionary_size");
  source.active_latents = reading.Number(section + "active_latents");
  source.frequency_exponent = reading.Number(section + "frequency_exponent");
  source.noise_sd = reading.Number(section + "noise_sd");
  source.dictionary_seed = static_cast<std::uint64_t>(reading.Count(section + "dictionary_seed"));
  const std::string active = section + "active_latents";
  if (reading.Good({active, section + "dictionary_size"}) &&
      source.active_latents > static_cast<double>(source.dictionary_size)) {
    reading.AddMistake(active,
                       fmt::format("{} must be at most dictionary_size, {}, got {}",
                                   active,
                                   source.dictionary_size,
                                   source.active_latents));
  }
  return source;
}

// Shards may be captured later, or lie on another machine: then a card or shape and the hook tell
// their width. 0: not known.
std::int64_t WidthOfShards(Reading& reading,
                           const std::string& folder,
                           const std::optional<ModelShape>& shape) {
  std::error_code unknown;
  if (!std::filesystem::exists(folder, unknown)) {
    reading.AddWarning(
        "activations.shards",
        fmt::format("activations.shards: {} does not exist; `saelaw run` needs it{}",
                    folder,
                    shape ? ""
                          : ", and without activations.card or activations.shape nothing can "
                            "be priced"));
    return shape ? WidthAt(*shape, reading.Text("activations.hook")) : 0;
  }
  try {
    return ReadShardManifest(folder).d_in;
  } catch (const Error& error) {
    reading.AddMistake(
        "activations.shards",
        fmt::format("activations.shards: {}; saelaw capture writes such a folder", error.what()));
    return 0;
  }
}

// Keys of another kind of source change nothing; whoever wrote them thinks otherwise.
void WarnOfIdleKeys(Reading& reading, const std::string& kind) {
  const auto warn = [&](const std::string& key, bool used) {
    if (used || !reading.Given("activations." + key)) return;
    reading.AddWarning("activations." + key,
                       fmt::format("activations.{} has no effect with source: {}", key, kind));
  };
  warn("synthetic", kind == "synthetic");
  warn("shards", kind == "shards");
  for (const char* key : {"model",
                          "text",
                          "text_key",
                          "token_files",
                          "document_separator",
                          "add_bos",
                          "layer",
                          "short_documents",
                          "mixing_tokens",
                          "held_out_documents"}) {
    warn(key, kind == "model");
  }
  for (const char* key : {"card", "shape", "hook"}) warn(key, kind != "synthetic");
}

// Below a few medians the rule would cut into ordinary text.
double OutlierNorm(Reading& reading) {
  constexpr double kLeast = 4;
  const std::string key = "activations.outlier_norm";
  const double norm = reading.Number(key);
  if (reading.Good({key}) && norm > 0 && norm < kLeast) {
    reading.AddMistake(
        key,
        fmt::format(
            "{} must be at least {} (times the median norm) or off, got {}", key, kLeast, norm));
  }
  return norm;
}

}  // namespace

SourceSpec AssembleSource(Reading& reading, std::optional<ModelShape>& shape) {
  SourceSpec source;
  reading.Require("activations.source");
  const std::string kind = reading.Text("activations.source");
  if (kind == "synthetic") {
    source.kind = SourceKind::kSynthetic;
    source.synthetic = AssembleSynthetic(reading);
    source.d_in = source.synthetic.d_in;
  } else if (kind == "model") {
    source.kind = SourceKind::kModel;
    shape = FindShape(reading);
    source.model = AssembleModel(reading, shape);
    if (shape) source.d_in = WidthAt(*shape, source.model.hook);
  } else if (kind == "shards") {
    source.kind = SourceKind::kShards;
    reading.Require("activations.shards");
    source.shards = reading.Text("activations.shards");
    if (reading.Given("activations.shape")) shape = ShapeFromKeys(reading);
    if (!shape && reading.Given("activations.card")) shape = ShapeFromCard(reading);
    if (!source.shards.empty()) source.d_in = WidthOfShards(reading, source.shards, shape);
  }
  if (!kind.empty()) WarnOfIdleKeys(reading, kind);
  source.held_out_tokens = reading.Count("activations.held_out_tokens");
  source.normalisation_tokens = reading.Count("activations.normalisation_tokens");
  source.normalise = reading.Flag("activations.normalise");
  source.outlier_norm = OutlierNorm(reading);
  source.split_seed = static_cast<std::uint64_t>(reading.Count("activations.split_seed"));
  return source;
}

}  // namespace saelaw
