// The identity of data is joined from hashes of its parts, so that a change can be named by its
// part. Reading all weights takes as long as loading them; so a running job compares stamps of the
// files, and hashes only once, before it loads.
#include "identity/data_identity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "core/files.h"
#include "identity/model_identity.h"
#include "identity/remembered_hash.h"
#include "tensors/shard_manifest.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// All files that the identity of weights and configuration is taken from.
std::vector<fs::path> ListFiles(const SourceSpec& source) {
  if (source.kind == SourceKind::kShards) return {fs::path(source.shards) / kManifestFile};
  std::vector<fs::path> files = WeightFiles(source.model.model);
  std::error_code unreadable;
  if (fs::is_directory(source.model.model, unreadable)) {
    files.push_back(fs::path(source.model.model) / "config.json");
  }
  return files;
}

// A tokenizer that cannot be read now has changed too.
std::string TryTokenizerHash(const fs::path& model) {
  try {
    return TokenizerHash(Tokenizer::Load(model));
  } catch (const Error&) {
    return "unreadable";
  }
}

}  // namespace

std::string CombineIdentity(const DataParts& parts) {
  // Captured vectors stand for themselves, whatever model and text they came from.
  if (!parts.shards.empty()) return parts.shards;
  return HashBytes(fmt::format("model 2;weights {};configuration {};text {}",
                               parts.weights,
                               parts.configuration,
                               parts.text));
}

std::string TokenizerHash(const Tokenizer& tokenizer) {
  return HashBytes(fmt::format(
      "{};{};{}", tokenizer.Identity(), tokenizer.bos().value_or(-1), tokenizer.add_bos()));
}

DataParts ModelParts(const fs::path& model, const fs::path& cache_folder) {
  DataParts parts;
  parts.configuration = ConfigurationHash(model);
  parts.weights = *WeightsHash(model, cache_folder, MayRead::kAll);
  return parts;
}

std::vector<std::string> ChangedParts(const DataParts& before, const DataParts& now) {
  // What one side does not know is no difference.
  const auto differs = [](const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
  };
  std::vector<std::string> changed;
  if (differs(before.weights, now.weights)) changed.emplace_back("the model's weights");
  if (differs(before.configuration, now.configuration))
    changed.emplace_back("the model's configuration");
  if (differs(before.text, now.text)) {
    // The text's identity is made of ids, which another tokenizer changes too: then it is to blame.
    const bool tokenizer = differs(before.tokenizer, now.tokenizer);
    changed.emplace_back(tokenizer ? "the tokenizer" : "the text");
  }
  if (differs(before.shards, now.shards)) changed.emplace_back("the captured activations");
  return changed;
}

DataWatch::DataWatch(const SourceSpec& source, const fs::path& cache_folder)
    : source_(source), watched_(source.kind != SourceKind::kSynthetic && !source.identity.empty()) {
  if (!watched_) return;
  files_ = ListFiles(source_);
  // Stamps are taken before the hash: a file that is written in between is found by its stamp.
  stamps_ = Stamps();
  if (source_.kind == SourceKind::kShards) {
    now_.shards = HashFile(files_.front());
  } else {
    now_ = ModelParts(source_.model.model, cache_folder);
  }
  if (!ChangedParts(source_.parts, now_).empty()) Refuse(now_);
}

std::string DataWatch::Stamps() const {
  std::string stamps;
  for (const fs::path& file : files_) stamps += ReadStamp(file) + ";";
  return stamps;
}

void DataWatch::CheckLoaded(const std::string& text) const {
  if (!watched_) return;
  // The weights were hashed at the beginning; the stamps say that what was loaded is what was
  // hashed.
  DataParts loaded = now_;
  loaded.text = text;
  if (CombineIdentity(loaded) != source_.identity) Refuse(loaded);
  CheckUntouched();
}

void DataWatch::CheckUntouched() const {
  if (!watched_) return;
  std::string now;
  try {
    // An index may name other files by now.
    if (ListFiles(source_) == files_) now = Stamps();
  } catch (const Error&) {
    now.clear();  // a file is gone: that is a change, too
  }
  if (now == stamps_) return;
  throw ConfigurationError(fmt::format(
      "{} was written while this job read it: wait until it is complete, and run the same command "
      "again",
      source_.kind == SourceKind::kShards ? source_.shards : source_.model.model));
}

void DataWatch::Refuse(const DataParts& found) const {
  DataParts now = found;
  if (source_.kind == SourceKind::kModel) now.tokenizer = TryTokenizerHash(source_.model.model);
  std::vector<std::string> changed = ChangedParts(source_.parts, now);
  if (changed.empty()) changed.emplace_back("the data");
  throw ConfigurationError(
      fmt::format("{} behind this job changed since it was planned: put the earlier data back and "
                  "run the same command again, or run it as the data is now: then runs of the new "
                  "data are planned beside those that are finished",
                  fmt::join(changed, " and ")));
}

}  // namespace saelaw
