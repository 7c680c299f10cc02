// Weights of a Hugging Face folder: model.safetensors, or shards listed in an index.
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "llm/json_file.h"
#include "llm/weight_source.h"
#include "run/errors.h"
#include "tensors/safetensors.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

class SafetensorsWeights : public WeightSource {
 public:
  // `shard_of` maps names to file names inside the folder.
  SafetensorsWeights(fs::path folder, std::map<std::string, std::string> shard_of)
      : folder_(std::move(folder)), shard_of_(std::move(shard_of)) {}

  bool Has(const std::string& name) override { return shard_of_.contains(name); }

  at::Tensor Load(const std::string& name, const std::vector<std::int64_t>& shape) override {
    const auto shard = shard_of_.find(name);
    if (shard == shard_of_.end()) {
      throw IoError(fmt::format("{}: tensor {} is missing", folder_.string(), name));
    }
    const SafetensorsFile& file = Shard(shard->second);
    const TensorView* view = file.Find(name);
    if (view == nullptr) {
      throw IoError(fmt::format("{}: tensor {} is missing", file.path().string(), name));
    }
    return LoadView(file.path(), *view, shape);
  }

 private:
  // Opened when first needed: the first blocks need only the first shards of a large model.
  const SafetensorsFile& Shard(const std::string& name) {
    const auto found = shards_.find(name);
    if (found != shards_.end()) return found->second;
    return shards_.emplace(name, SafetensorsFile(folder_ / name)).first->second;
  }

  fs::path folder_;
  std::map<std::string, std::string> shard_of_;
  std::map<std::string, SafetensorsFile> shards_;
};

std::map<std::string, std::string> ReadIndex(const fs::path& path) {
  const nlohmann::json json = ReadJsonObject(path);
  const auto map = json.find("weight_map");
  if (map == json.end() || !map->is_object()) {
    throw IoError(path.string() + ": weight_map is missing");
  }
  std::map<std::string, std::string> shard_of;
  for (const auto& [name, value] : map->items()) {
    // A plain file name: an index must not lead out of its folder.
    const std::string shard = value.is_string() ? value.get<std::string>() : "";
    if (shard.empty() || shard.front() == '.' || shard.find('/') != std::string::npos) {
      throw IoError(path.string() + ": weight_map holds something other than file names");
    }
    shard_of.emplace(name, shard);
  }
  return shard_of;
}

std::map<std::string, std::string> NamesOf(const fs::path& folder, const std::string& file) {
  std::map<std::string, std::string> shard_of;
  const SafetensorsFile opened(folder / file);
  for (const auto& [name, view] : opened.tensors()) shard_of.emplace(name, file);
  return shard_of;
}

}  // namespace

std::unique_ptr<WeightSource> OpenSafetensorsWeights(const fs::path& folder) {
  constexpr const char* kSingle = "model.safetensors";
  constexpr const char* kIndex = "model.safetensors.index.json";
  if (fs::exists(folder / kIndex)) {
    return std::make_unique<SafetensorsWeights>(folder, ReadIndex(folder / kIndex));
  }
  if (fs::exists(folder / kSingle)) {
    return std::make_unique<SafetensorsWeights>(folder, NamesOf(folder, kSingle));
  }
  const bool pickled = fs::exists(folder / "pytorch_model.bin") ||
                       fs::exists(folder / "pytorch_model.bin.index.json");
  throw ConfigurationError(
      folder.string() +
      (pickled ? ": pytorch_model.bin is a pickle and never loaded; convert it to safetensors"
               : ": no model.safetensors and no model.safetensors.index.json in this folder"));
}

}  // namespace saelaw
