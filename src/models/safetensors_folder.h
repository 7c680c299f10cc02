// Which weights of a Hugging Face folder are the model's, as transformers chooses them.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace saelaw {

// The folder's single file of weights, or its index: model.safetensors goes before
// model.safetensors.index.json, as it does for transformers, so that an index that was left over
// changes nothing.
struct FolderWeights {
  std::string single;  // empty: there is an index
  // Tensor name → file name inside the folder; empty without an index.
  std::map<std::string, std::string> shard_of;
};

// Whether one of the two is there. A folder that cannot be looked into has none.
bool HasFolderWeights(const std::filesystem::path& folder);

// Throws ConfigurationError where there is neither, with what is there and how to mend it; IoError
// for a damaged index.
FolderWeights FindFolderWeights(const std::filesystem::path& folder);

}  // namespace saelaw
