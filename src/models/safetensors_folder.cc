// Most folders that cannot be used hold a model in another form, so the refusal looks for the forms
// that people really have and says how each becomes one that can be read. The order of that table
// matters: the first form that matches is the one that is told.
#include "models/safetensors_folder.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "models/json_file.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSingle = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";

std::map<std::string, std::string> ReadIndex(const fs::path& path) {
  const nlohmann::json json = ReadJsonObject(path);
  const auto map = json.find("weight_map");
  if (map == json.end() || !map->is_object() || map->empty()) {
    throw IoError(path.string() + ": weight_map is missing");
  }
  std::map<std::string, std::string> shard_of;
  for (const auto& [name, value] : map->items()) {
    // Every entry must be a plain file name, because an index must not lead out of its folder.
    const std::string shard = value.is_string() ? value.get<std::string>() : "";
    if (shard.empty() || shard.front() == '.' || shard.find('/') != std::string::npos) {
      throw IoError(path.string() + ": weight_map holds something other than file names");
    }
    shard_of.emplace(name, shard);
  }
  return shard_of;
}

// The names are sorted, since the order of a folder is not defined and the same folder should give
// the same message everywhere.
std::vector<std::string> SortedNames(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder, unreadable)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// What weights in another form say about themselves, and how they become a model's.
struct OtherForm {
  std::string_view begin, end;  // of the file's name
  std::string_view what;        // {} is the name
};

// Forms that say more come first: a shard, an adapter and consolidated weights also end in
// .safetensors, which is therefore the last entry.
constexpr OtherForm kOtherForms[] = {
    {"model-0",
     ".safetensors",
     "{} is a shard, but model.safetensors.index.json, which says what it holds, is not there: "
     "download it too (or, if this shard is all, name it model.safetensors)"},
    {"adapter_model",
     "",
     "{} is an adapter, no model: load it with its base model, merge_and_unload(), and "
     "save_pretrained() the result"},
    {"consolidated",
     ".safetensors",
     "{} has its maker's own names of tensors: take the files that transformers loads, or convert "
     "it to them"},
    {"pytorch_model",
     ".index.json",
     "{} lists pickles, which are never loaded: convert them to safetensors with "
     "AutoModelForCausalLM.from_pretrained(...).save_pretrained(...)"},
    {"",
     ".bin",
     "{} is a pickle and never loaded: convert it to safetensors with "
     "AutoModelForCausalLM.from_pretrained(...).save_pretrained(...)"},
    {"", ".pth", "{} is a pickle and never loaded: convert it to safetensors with transformers"},
    {"", ".pt", "{} is a pickle and never loaded: convert it to safetensors with transformers"},
    {"", ".gguf", "{} is here: name the file itself instead of its folder"},
    {"", ".safetensors", "{} is here: if it is the model, name it model.safetensors"},
};

std::string Matching(const std::vector<std::string>& names, const OtherForm& form) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
    return name.starts_with(form.begin) && name.ends_with(form.end);
  });
  return found == names.end() ? "" : *found;
}

[[noreturn]] void RefuseNoWeights(const fs::path& folder) {
  const std::vector<std::string> names = SortedNames(folder);
  for (const OtherForm& form : kOtherForms) {
    const std::string name = Matching(names, form);
    if (name.empty()) continue;
    throw ConfigurationError(fmt::format("{}: no {} in this folder; {}",
                                         folder.string(),
                                         kSingle,
                                         fmt::format(fmt::runtime(form.what), name)));
  }
  throw ConfigurationError(
      fmt::format("{}: neither {} nor {} in this folder", folder.string(), kSingle, kIndex));
}

}  // namespace

bool HasFolderWeights(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / kSingle, error) || fs::exists(folder / kIndex, error);
}

FolderWeights FindFolderWeights(const fs::path& folder) {
  if (fs::exists(folder / kSingle)) return {kSingle, {}};
  if (!fs::exists(folder / kIndex)) RefuseNoWeights(folder);
  return {"", ReadIndex(folder / kIndex)};
}

}  // namespace saelaw
