// manifest.json of a folder of captured activations: what they are, and what each file must hold.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace saelaw {

struct Shard {
  std::string file;  // name inside the folder
  std::int64_t tokens = 0;
  std::string hash;  // HashFile of it
};

// Equal captures have equal manifests: nothing of when, where or how fast is inside, so that the
// hash of the file identifies the data.
struct ShardManifest {
  // The source that was captured; see core/run_spec.h for the words.
  std::string source_key;
  std::string identity;
  std::string kind;
  std::string hook;  // empty unless a language model was captured, as are the next three
  int layer = 0;
  int context_tokens = 0;
  std::string precision;

  std::string dtype = "bf16";  // bf16 | fp32
  std::int64_t d_in = 0;
  double activation_scale = 1;            // of the captured vectors, which are raw
  std::int64_t normalisation_tokens = 0;  // the scale was measured on the first so many
  std::vector<Shard> shards;              // in the order of the captured stream
  Shard held_out;
  // Where the vectors of each held-out document begin; documents + 1 values, from 0 to its tokens.
  // Empty where an earlier version did not record them.
  std::vector<std::int64_t> held_out_begins;

  std::int64_t training_tokens() const;
};

inline constexpr const char* kManifestFile = "manifest.json";
// The tensor of each shard: [tokens, d_in].
inline constexpr const char* kShardTensor = "activations";

// Throws IoError when the manifest is missing, damaged, of a later version, or names a file outside
// its folder.
ShardManifest ReadShardManifest(const std::filesystem::path& folder);
// Atomic and synced; throws IoError.
void WriteShardManifest(const std::filesystem::path& folder, const ShardManifest& manifest);

}  // namespace saelaw
