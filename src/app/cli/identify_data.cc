// The identity of the data behind a source: what its content is, whatever it is called.
#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

#include "app/cli/loaded_sweep.h"
#include "app/cli/places.h"
#include "run/errors.h"
#include "run/files.h"
#include "tensors/shard_manifest.h"
#include "tokens/corpus.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// Content hash of a large file, remembered under its device, inode, size and time of change.
std::string CachedHash(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    throw IoError(fmt::format("cannot read {}", path.string()));
  const std::string key = fmt::format("{} {} {} {} {}.{}",
                                      fs::absolute(path).string(),
                                      status.st_dev,
                                      status.st_ino,
                                      status.st_size,
                                      status.st_mtim.tv_sec,
                                      status.st_mtim.tv_nsec);
  const fs::path cached = CacheFolder() / ("hash-" + HashBytes(key));
  if (fs::exists(cached)) return ReadFile(cached);
  std::string hash = HashFile(path);
  WriteFile(cached, hash);
  return hash;
}

// A GGUF file, or the configuration and weights of a folder in order of name.
std::string WeightsHash(const fs::path& model) {
  if (!fs::is_directory(model)) return CachedHash(model);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(model)) {
    const fs::path& path = entry.path();
    if (path.extension() == ".safetensors" || path.filename() == "config.json")
      files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  std::string hashes;
  for (const fs::path& file : files) hashes += CachedHash(file);
  return HashBytes(hashes);
}

DataCount IdentifyModel(SourceSpec* source) {
  const ModelSource& model = source->model;
  const std::string weights = WeightsHash(model.model);
  const Corpus loaded =
      LoadCorpus(CorpusSpecOf(*source), Tokenizer::Load(model.model), CacheFolder());
  source->identity = HashBytes(weights + loaded.Identity());
  return {true, loaded.usable_training_tokens(), ""};
}

DataCount IdentifyShards(SourceSpec* source) {
  const ShardManifest manifest = ReadShardManifest(source->shards);
  source->identity = HashFile(fs::path(source->shards) / kManifestFile);
  source->d_in = manifest.d_in;
  return {true, manifest.training_tokens(), ""};
}

DataCount Identify(SourceSpec* source) {
  switch (source->kind) {
    case SourceKind::kSynthetic:
      source->identity = "synthetic";
      return {true, -1, ""};
    case SourceKind::kShards:
      return IdentifyShards(source);
    case SourceKind::kModel:
      return IdentifyModel(source);
  }
  return {};
}

}  // namespace

DataCount IdentifyData(SourceSpec* source, bool required) {
  try {
    return Identify(source);
  } catch (const Error& error) {
    if (required) throw;
    return {false, -1, error.what()};
  }
}

}  // namespace saelaw
