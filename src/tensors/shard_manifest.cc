// The JSON has fixed keys in a fixed order, because the file's hash names the data: equal captures
// have to be equal byte by byte. A manifest that somebody else wrote is checked before a file of
// its is opened.
#include "tensors/shard_manifest.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/files.h"

namespace saelaw {
namespace {

using Json = nlohmann::json;

// The key of the version and its value; stored: do not change.
constexpr const char* kVersionKey = "saelaw_shards";
constexpr int kVersion = 1;

Json ShardToJson(const Shard& shard) {
  return {{"file", shard.file}, {"tokens", shard.tokens}, {"hash", shard.hash}};
}

Shard ShardFromJson(const Json& json) {
  return {json.at("file").get<std::string>(),
          json.at("tokens").get<std::int64_t>(),
          json.at("hash").get<std::string>()};
}

Json SourceToJson(const ShardManifest& manifest) {
  return {{"source_key", manifest.source_key},
          {"identity", manifest.identity},
          {"kind", manifest.kind},
          {"hook", manifest.hook},
          {"layer", manifest.layer},
          {"context_tokens", manifest.context_tokens},
          {"precision", manifest.precision}};
}

void SourceFromJson(const Json& json, ShardManifest& manifest) {
  json.at("source_key").get_to(manifest.source_key);
  json.at("identity").get_to(manifest.identity);
  json.at("kind").get_to(manifest.kind);
  json.at("hook").get_to(manifest.hook);
  json.at("layer").get_to(manifest.layer);
  json.at("context_tokens").get_to(manifest.context_tokens);
  json.at("precision").get_to(manifest.precision);
}

Json ToJson(const ShardManifest& manifest) {
  Json shards = Json::array();
  for (const Shard& shard : manifest.shards) shards.push_back(ShardToJson(shard));
  return {{kVersionKey, kVersion},
          {"source", SourceToJson(manifest)},
          {"dtype", manifest.dtype},
          {"d_in", manifest.d_in},
          {"activation_scale", manifest.activation_scale},
          {"normalisation_tokens", manifest.normalisation_tokens},
          {"training_tokens", manifest.training_tokens()},
          {"held_out", ShardToJson(manifest.held_out)},
          {"held_out_begins", manifest.held_out_begins},
          {"shards", shards}};
}

ShardManifest FromJson(const Json& json) {
  ShardManifest manifest;
  SourceFromJson(json.at("source"), manifest);
  json.at("dtype").get_to(manifest.dtype);
  json.at("d_in").get_to(manifest.d_in);
  json.at("activation_scale").get_to(manifest.activation_scale);
  json.at("normalisation_tokens").get_to(manifest.normalisation_tokens);
  manifest.held_out = ShardFromJson(json.at("held_out"));
  // Captures of before this key was added stay readable.
  if (json.contains("held_out_begins")) {
    json.at("held_out_begins").get_to(manifest.held_out_begins);
  }
  for (const Json& shard : json.at("shards")) manifest.shards.push_back(ShardFromJson(shard));
  return manifest;
}

// The first fault of a manifest that parsed; empty when there is none.
std::string FindFault(const Shard& shard) {
  // A name may not lead out of the folder, nor be hidden in it.
  const bool plain = !shard.file.empty() && shard.file.front() != '.' &&
                     shard.file.find_first_of("/\\") == std::string::npos;
  if (!plain) return fmt::format("'{}' is not a file name inside the folder", shard.file);
  // The bound keeps every sum of tokens of a folder far from overflow.
  if (shard.tokens < 1 || shard.tokens > (std::int64_t{1} << 40)) {
    return fmt::format("{} has {} tokens", shard.file, shard.tokens);
  }
  return "";
}

std::string FindFaultInBegins(const std::vector<std::int64_t>& begins, std::int64_t tokens) {
  if (begins.empty()) return "";
  const auto not_ascending = [](std::int64_t a, std::int64_t b) { return a >= b; };
  // Every document has a vector, and together they are all of them.
  const bool good = begins.front() == 0 && begins.back() == tokens &&
                    std::adjacent_find(begins.begin(), begins.end(), not_ascending) == begins.end();
  return good ? "" : "held_out_begins do not ascend from 0 to the held-out tokens";
}

std::string FindFault(const ShardManifest& manifest) {
  if (manifest.dtype != "bf16" && manifest.dtype != "fp32") {
    return fmt::format("dtype is '{}': bf16 or fp32", manifest.dtype);
  }
  if (manifest.d_in < 1) return fmt::format("d_in is {}", manifest.d_in);
  if (!(std::isfinite(manifest.activation_scale) && manifest.activation_scale > 0)) {
    return fmt::format("activation_scale is {}", manifest.activation_scale);
  }
  std::string fault = FindFault(manifest.held_out);
  if (fault.empty()) fault = FindFaultInBegins(manifest.held_out_begins, manifest.held_out.tokens);
  for (const Shard& shard : manifest.shards) {
    if (fault.empty()) fault = FindFault(shard);
  }
  return fault;
}

Json Parse(const std::filesystem::path& path) {
  Json json = Json::parse(ReadFile(path));
  // The version is looked at before the rest, which a later one may write otherwise.
  const int version = json.at(kVersionKey).get<int>();
  if (version != kVersion) {
    throw IoError(fmt::format("{}: version {} of captured activations, this program reads {}",
                              path.string(),
                              version,
                              kVersion));
  }
  return json;
}

}  // namespace

std::int64_t ShardManifest::training_tokens() const {
  std::int64_t tokens = 0;
  for (const Shard& shard : shards) tokens += shard.tokens;
  return tokens;
}

ShardManifest ReadShardManifest(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kManifestFile;
  try {
    // A key that is missing or of another type is an exception of the JSON library, and damage.
    ShardManifest manifest = FromJson(Parse(path));
    const std::string fault = FindFault(manifest);
    if (!fault.empty()) throw IoError(fmt::format("{}: {}", path.string(), fault));
    return manifest;
  } catch (const Json::exception& error) {
    throw IoError(fmt::format("{}: damaged: {}", path.string(), error.what()));
  }
}

void WriteShardManifest(const std::filesystem::path& folder, const ShardManifest& manifest) {
  WriteFile(folder / kManifestFile, ToJson(manifest).dump(1) + "\n", Durability::kSynced);
}

}  // namespace saelaw
