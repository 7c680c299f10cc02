// A single file and a set of shards look alike from here on: a map says for each tensor which file
// holds it. For a single file the map is made from its header, for shards it is the index, so that
// a shard is opened only when something in it is wanted.
#include <map>

#include <fmt/format.h>

#include "core/errors.h"
#include "models/safetensors_folder.h"
#include "models/stored_weights_kinds.h"
#include "tensors/message.h"
#include "tensors/safetensors.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "model.";
constexpr std::string_view kEmbedding = "embed_tokens.weight";

class SafetensorsFiles : public StoredWeights {
 public:
  // `shard_of` maps names to file names inside the folder.
  SafetensorsFiles(fs::path folder, std::map<std::string, std::string> shard_of)
      : folder_(std::move(folder)), shard_of_(std::move(shard_of)) {
    // A base model that was saved without its head has no "model." before its names.
    bare_ = !shard_of_.contains(std::string(kPrefix) + std::string(kEmbedding)) &&
            shard_of_.contains(std::string(kEmbedding));
    CheckNames();
  }

  bool Has(const std::string& name) const override { return shard_of_.contains(OwnName(name)); }

  Found Find(const std::string& name) override {
    const std::string own = OwnName(name);
    const auto shard = shard_of_.find(own);
    if (shard == shard_of_.end()) {
      throw IoError(fmt::format("{}: tensor {} is missing", folder_.string(), own));
    }
    const SafetensorsFile& file = Shard(shard->second);
    // The index may promise what the shard does not hold, e.g. after a partial update of the
    // folder.
    const TensorView* view = file.Find(own);
    if (view == nullptr) {
      throw IoError(fmt::format("{}: tensor {} is missing", file.path().string(), own));
    }
    return {&file.path(), view};
  }

  bool interleaved() const override { return false; }

 private:
  std::string OwnName(const std::string& name) const {
    return bare_ && name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
  }

  // Some libraries put something else in front of every name. They are refused with what to do
  // about it, because the message that a tensor is missing would help nobody.
  void CheckNames() const {
    if (Has(std::string(kPrefix) + std::string(kEmbedding))) return;
    for (const auto& [name, shard] : shard_of_) {
      if (!name.ends_with(kEmbedding)) continue;
      throw ConfigurationError(
          fmt::format("{}: the embedding is called {}, not model.embed_tokens.weight: save the "
                      "language model alone, with transformers' save_pretrained()",
                      folder_.string(),
                      Quote(name)));
    }
  }

  // A shard is opened when it is first needed: the first blocks need only the first shards of a
  // large model. A std::map keeps its elements in place, so the views that were given out stay
  // valid.
  const SafetensorsFile& Shard(const std::string& name) {
    const auto found = shards_.find(name);
    if (found != shards_.end()) return found->second;
    std::error_code error;
    if (!fs::exists(folder_ / name, error)) {
      throw IoError(
          fmt::format("{}: the index names {}, which is not in the folder: the download "
                      "is not complete, or the index is another model's",
                      folder_.string(),
                      name));
    }
    return shards_.emplace(name, SafetensorsFile(folder_ / name)).first->second;
  }

  fs::path folder_;
  std::map<std::string, std::string> shard_of_;
  bool bare_ = false;
  std::map<std::string, SafetensorsFile> shards_;
};

}  // namespace

std::unique_ptr<StoredWeights> OpenSafetensorsFolder(const fs::path& folder) {
  FolderWeights weights = FindFolderWeights(folder);
  if (!weights.single.empty()) {
    const SafetensorsFile file(folder / weights.single);
    for (const auto& [name, view] : file.tensors()) weights.shard_of.emplace(name, weights.single);
  }
  return std::make_unique<SafetensorsFiles>(folder, std::move(weights.shard_of));
}

}  // namespace saelaw
