// The kind of a checkpoint decides who opens its weights and which files they are; what either kind
// does stands in its own file.
#include "models/stored_weights.h"

#include <algorithm>
#include <set>

#include "models/gguf_parts.h"
#include "models/model_config.h"
#include "models/safetensors_folder.h"
#include "models/stored_weights_kinds.h"

namespace saelaw {

namespace fs = std::filesystem;

std::unique_ptr<StoredWeights> OpenStoredWeights(const fs::path& path) {
  return IsModelFolder(path) ? OpenSafetensorsFolder(path) : OpenGgufFiles(path);
}

// An error of the file system counts as "nothing there" here; whoever opens the weights later meets
// the error itself and reports it.
bool HasWeights(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return fs::exists(path, error);
  return HasFolderWeights(path);
}

std::vector<fs::path> WeightFilePaths(const fs::path& path) {
  std::vector<fs::path> paths;
  if (!IsModelFolder(path)) {
    const GgufParts parts(path);
    for (const GgufFile& file : parts.files()) paths.push_back(file.path());
    return paths;
  }
  const FolderWeights weights = FindFolderWeights(path);
  if (!weights.single.empty()) return {path / weights.single};
  // Many tensors share a shard; the set lists each file once and in ascending order.
  std::set<std::string> names;
  for (const auto& [tensor, shard] : weights.shard_of) names.insert(shard);
  for (const std::string& name : names) paths.push_back(path / name);
  return paths;
}

}  // namespace saelaw
