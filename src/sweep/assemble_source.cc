// The three kinds of source share one section, so most of the work here is to tell which keys
// belong together. Keys of another kind are only warned of, so that a file may keep them while
// `source` is switched.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "models/model_cards.h"
#include "models/model_shape.h"
#include "sweep/assemble.h"
#include "sweep/read_fields.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

// These have no default; kv_heads and head_dim follow from them.
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
  // The defaults below divide by the heads. Where these are missing, that has been said already.
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
  // The cards are no choice of the table of keys, because a shape given by hand is the other way
  // out and the message has to say so.
  const std::vector<std::string> names = ModelCardNames();
  reading.AddMistake("activations.card",
                     fmt::format("activations.card must be one of {}, got '{}'; or give "
                                 "activations.shape",
                                 fmt::join(names, ", "),
                                 name.substr(0, 60)));
  return std::nullopt;
}

// What the user says goes before what the files say: activations.shape, then the card, then the
// model. The files are asked even when a card tells the shape, because a missing model is worth a
// warning.
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
    // A card with another width than the files would price another model than the one that is
    // trained.
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

// Exactly one of the two forms of text has to be given. Paths that do not exist are only warned of,
// because a sweep may be planned on a machine without the data.
void CheckText(Reading& reading) {
  const bool text = reading.Given("activations.text");
  if (text == reading.Given("activations.token_files")) {
    // The mistake is shown at the key that is too much, or at the section that lacks one.
    reading.AddMistake(text ? "activations.token_files" : "activations",
                       text ? "give activations.text or activations.token_files, not both"
                            : "activations.text is missing: text files, folders or patterns; or "
                              "give activations.token_files");
  }
  for (const std::string key : {"activations.text", "activations.token_files"}) {
    for (const std::string& path :
         reading.Given(key) ? reading.Texts(key) : std::vector<std::string>{}) {
      std::error_code error;
      // Patterns are not resolved here: they may match nothing yet.
      const bool pattern = path.find_first_of("*?[") != std::string::npos;
      if (!pattern && !std::filesystem::exists(path, error)) {
        reading.AddWarning(key,
                           fmt::format("{}: {} does not exist; `saelaw run` needs it", key, path));
      }
    }
  }
}

// These keys say how to read text that is not there.
void WarnOfIdleText(Reading& reading) {
  const std::string separator = "activations.document_separator", text_key = "activations.text_key";
  if (reading.Given(text_key) && !reading.Given("activations.text")) {
    reading.AddWarning(text_key,
                       fmt::format("{} has no effect without activations.text", text_key));
  }
  if (reading.Given(separator) && !reading.Given("activations.token_files")) {
    reading.AddWarning(separator,
                       fmt::format("{} has no effect without activations.token_files", separator));
  }
}

ModelSource AssembleModel(Reading& reading, const std::optional<ModelShape>& shape) {
  ModelSource model;
  reading.Require("activations.model");
  CheckText(reading);
  const std::string layer_key = "activations.layer";
  if (shape) {
    // Layers count from 0, so the last block of the first half is layers / 2 - 1; a model of one
    // block has only block 0.
    const std::int64_t middle = std::max<std::int64_t>(0, shape->layers / 2 - 1);
    reading.Default(layer_key, static_cast<double>(middle), "last block of the first half");
  }
  WarnOfIdleText(reading);
  // Without files of ids nothing reads these two fields, so they keep the struct's values, and the
  // table's defaults stay out of `effective`.
  if (reading.Given("activations.token_files")) {
    ReadFields(reading, model);
  } else {
    ReadFields(reading, model, {"activations.token_dtype", "activations.document_separator"});
  }
  // Where the shape is not known, the gate finds out later from the model itself.
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
  ReadFields(reading, source);
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

// Shards may be captured later, or lie on another machine; then a card or shape and the hook tell
// their width. The result is 0 where it is not known.
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
  // A folder that is there and cannot be read is a mistake: unlike a missing one, it will not
  // become right by itself.
  try {
    return ReadShardManifest(folder).d_in;
  } catch (const Error& error) {
    reading.AddMistake(
        "activations.shards",
        fmt::format("activations.shards: {}; saelaw capture writes such a folder", error.what()));
    return 0;
  }
}

// Keys of another kind of source change nothing, but whoever wrote them thinks otherwise.
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
  // Shards use these too, for their width and their price.
  for (const char* key : {"card", "shape", "hook"}) warn(key, kind != "synthetic");
}

// Below a few medians the rule would cut into ordinary text. Zero is what `off` is read as.
void CheckOutlierNorm(Reading& reading, double norm) {
  constexpr double kLeast = 4;
  const std::string key = "activations.outlier_norm";
  if (!reading.Good({key}) || norm <= 0 || norm >= kLeast) return;
  reading.AddMistake(
      key,
      fmt::format(
          "{} must be at least {} (times the median norm) or off, got {}", key, kLeast, norm));
}

}  // namespace

SourceSpec AssembleSource(Reading& reading, std::optional<ModelShape>& shape) {
  SourceSpec source;
  reading.Require("activations.source");
  const std::string kind = reading.Text("activations.source");
  ReadFields(reading, source);
  CheckOutlierNorm(reading, source.outlier_norm);
  if (kind == "synthetic") {
    source.synthetic = AssembleSynthetic(reading);
    source.d_in = source.synthetic.d_in;
  } else if (kind == "model") {
    shape = FindShape(reading);
    source.model = AssembleModel(reading, shape);
    if (shape) source.d_in = WidthAt(*shape, source.model.hook);
  } else if (kind == "shards") {
    reading.Require("activations.shards");
    if (reading.Given("activations.shape")) shape = ShapeFromKeys(reading);
    if (!shape && reading.Given("activations.card")) shape = ShapeFromCard(reading);
    if (!source.shards.empty()) source.d_in = WidthOfShards(reading, source.shards, shape);
  }
  if (kind != "shards") source.shards.clear();  // of a folder that another kind does not read
  if (!kind.empty()) WarnOfIdleKeys(reading, kind);
  return source;
}

}  // namespace saelaw
