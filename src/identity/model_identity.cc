// Weights are hashed tensor by tensor, and the sorted list of these hashes is hashed again: neither
// the order of tensors, nor how they are spread over files, nor metadata changes the model. The
// configuration is reduced to the keys that the forward pass reads.
#include "identity/model_identity.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/files.h"
#include "identity/remembered_hash.h"
#include "models/stored_weights.h"
#include "tensors/gguf.h"
#include "tensors/safetensors.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// What the forward pass of a Llama depends on, in both spellings of its rotary embedding.
constexpr std::array<const char*, 18> kConfigurationKeys = {"model_type",
                                                            "hidden_act",
                                                            "num_hidden_layers",
                                                            "hidden_size",
                                                            "intermediate_size",
                                                            "num_attention_heads",
                                                            "num_key_value_heads",
                                                            "head_dim",
                                                            "vocab_size",
                                                            "max_position_embeddings",
                                                            "rms_norm_eps",
                                                            "tie_word_embeddings",
                                                            "attention_bias",
                                                            "mlp_bias",
                                                            "rope_theta",
                                                            "rope_scaling",
                                                            "rope_parameters",
                                                            "partial_rotary_factor"};

Json ReadObject(const fs::path& path) {
  Json json = Json::parse(ReadFile(path), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw IoError(path.string() + ": is not a JSON object");
  return json;
}

// The same meaning in the same words: numbers as doubles, null as absent, keys in order.
Json Canonical(const Json& value) {
  // 10000, 10000.0 and 1e4 are one number.
  if (value.is_number()) return value.get<double>();
  if (!value.is_structured()) return value;
  Json made = value.is_object() ? Json::object() : Json::array();
  for (const auto& [key, part] : value.items()) {
    if (part.is_null()) continue;
    if (value.is_object()) {
      made[key] = Canonical(part);
    } else {
      made.push_back(Canonical(part));
    }
  }
  return made;
}

std::string Dump(const Json& json) {
  return Canonical(json).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string ReadFolderConfiguration(const fs::path& folder) {
  const Json json = ReadObject(folder / "config.json");
  Json kept = Json::object();
  for (const char* key : kConfigurationKeys) {
    const auto found = json.find(key);
    if (found != json.end()) kept[key] = *found;
  }
  return Dump(kept);
}

// What a tokenizer takes from config.json: the numbers of its special tokens.
std::string ReadSpecialTokenIds(const fs::path& config) {
  const Json json = ReadObject(config);
  std::string kept;
  for (const auto& [key, value] : json.items()) {
    if (key.ends_with("_token_id")) kept += fmt::format(";{}={}", key, Dump(value));
  }
  return kept;
}

std::string ReadGgufConfiguration(const fs::path& path) {
  const GgufFile file(path);
  const std::string* architecture = file.String("general.architecture");
  const std::string prefix = (architecture == nullptr ? "" : *architecture) + ".";
  std::string kept = prefix;
  for (const auto& [key, value] : file.metadata()) {
    // The architecture's keys are prefixed by its name; those of a split say which part this is.
    if (!key.starts_with(prefix) && !key.starts_with("split.")) continue;
    kept += ";" + key + "=";
    kept += std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
  }
  return kept;
}

// Gives one line: the hash of the tensor's name, type, shape and bytes.
std::string HashTensor(const TensorView& tensor) {
  const std::string_view bytes(reinterpret_cast<const char*>(tensor.bytes.data()),
                               tensor.bytes.size());
  return HashBytes(fmt::format("{};{};{};{}",
                               tensor.name,
                               TensorTypeName(tensor.type),
                               fmt::join(tensor.shape, ","),
                               HashBytes(bytes))) +
         "\n";
}

// Tensors of a type that this reader does not know cannot be told apart: then the file is taken as
// a whole.
std::string HashGgufTensors(const fs::path& path) {
  const GgufFile file(path);
  std::string lines;
  try {
    for (const std::string& name : file.TensorNames()) lines += HashTensor(*file.Find(name));
  } catch (const Error&) {
    return HashFile(path) + "\n";
  }
  return lines;
}

std::string HashSafetensors(const fs::path& path) {
  const SafetensorsFile file(path);
  std::string lines;
  for (const auto& [name, tensor] : file.tensors()) lines += HashTensor(tensor);
  return lines;
}

// This word is part of the names of files in the cache.
constexpr const char* kTensorsKind = "tensors";

std::optional<std::string> HashTensors(const fs::path& file, const fs::path& cache, MayRead read) {
  if (read == MayRead::kRememberedAlone) return RememberedAlready(file, kTensorsKind, cache);
  return Remembered(file, kTensorsKind, cache, [&] {
    return file.extension() == ".safetensors" ? HashSafetensors(file) : HashGgufTensors(file);
  });
}

}  // namespace

std::vector<fs::path> WeightFiles(const fs::path& model) {
  if (!HasWeights(model)) return {};
  std::vector<fs::path> files = WeightFilePaths(model);
  std::error_code unreadable;
  std::erase_if(files, [&](const fs::path& file) { return !fs::exists(file, unreadable); });
  return files;
}

std::optional<std::string> WeightsHash(const fs::path& model,
                                       const fs::path& cache_folder,
                                       MayRead may_read) {
  std::vector<std::string> tensors;
  const std::vector<fs::path> files = WeightFiles(model);
  if (files.empty()) throw IoError(model.string() + ": there are no weights");
  for (const fs::path& file : files) {
    const std::optional<std::string> lines = HashTensors(file, cache_folder, may_read);
    if (!lines) return std::nullopt;
    // There is a line for each tensor, whichever file it came from.
    for (std::size_t begin = 0; begin < lines->size();) {
      const std::size_t end = std::min(lines->find('\n', begin), lines->size());
      tensors.push_back(lines->substr(begin, end - begin));
      begin = end + 1;
    }
  }
  // The order in which files and tensors were met does not count.
  std::sort(tensors.begin(), tensors.end());
  return HashBytes(fmt::format("weights 2;{}", fmt::join(tensors, ";")));
}

std::string ConfigurationHash(const fs::path& model) {
  std::error_code unreadable;
  const bool folder = fs::is_directory(model, unreadable);
  return HashBytes("configuration 2;" +
                   (folder ? ReadFolderConfiguration(model) : ReadGgufConfiguration(model)));
}

std::string TokenizerFilesHash(const fs::path& model) {
  std::error_code unreadable;
  // A GGUF file holds its tokenizer among gigabytes of weights: its stamp has to do.
  if (!fs::is_directory(model, unreadable)) return HashBytes(ReadStamp(model));
  std::string all;
  for (const char* name : {"tokenizer.json",
                           "tokenizer_config.json",
                           "special_tokens_map.json",
                           "generation_config.json"}) {
    const bool there = fs::exists(model / name, unreadable);
    all += fmt::format(";{} {}", name, there ? HashFile(model / name) : "");
  }
  if (fs::exists(model / "config.json", unreadable))
    all += ReadSpecialTokenIds(model / "config.json");
  return HashBytes(all);
}

}  // namespace saelaw
