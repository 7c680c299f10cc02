// The identity of the data behind a source: what its content is, whatever it is called.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

#include "app/cli/loaded_sweep.h"
#include "app/cli/places.h"
#include "models/check_weights.h"
#include "models/stored_weights.h"
#include "run/errors.h"
#include "run/files.h"
#include "tensors/shard_manifest.h"
#include "tokens/corpus.h"
#include "tokens/text_files.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// A file under its device, inode, size and time of change: as long as these stand, so does what was
// found in it.
std::string Stamp(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    throw IoError(fmt::format("cannot read {}", path.string()));
  return fmt::format("{} {} {} {} {}.{}",
                     fs::absolute(path).string(),
                     status.st_dev,
                     status.st_ino,
                     status.st_size,
                     status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec);
}

// Where something of that stamp is remembered; empty where nothing can be.
fs::path KeptAs(const std::string& kind, const std::string& stamp) {
  const fs::path folder = CacheFolder();
  return folder.empty() ? fs::path() : folder / (kind + HashBytes(stamp));
}

// A full disk or a read-only folder costs the next command its time, not this one its answer.
void WriteIfPossible(const fs::path& place, const std::string& text) {
  if (place.empty()) return;
  try {
    WriteFile(place, text);
  } catch (const Error&) {
    // What it says is known; only keeping it failed.
  }
}

// Content hash of a large file; empty where none is remembered and `read` is not allowed.
std::string CachedHash(const fs::path& path, bool read) {
  const fs::path cached = KeptAs("hash-", Stamp(path));
  if (fs::exists(cached)) return ReadFile(cached);
  if (!read) return "";
  std::string hash = HashFile(path);
  WriteIfPossible(cached, hash);
  return hash;
}

// A GGUF file or its parts, or the configuration and weights of a folder in order of name: the
// files that are loaded and no others. Empty where that would need reading which is not allowed.
std::string WeightsHash(const fs::path& model, bool read) {
  if (!read && !HasWeights(model)) return "";
  std::vector<fs::path> files = WeightFilePaths(model);
  if (fs::is_directory(model)) files.push_back(model / "config.json");
  if (files.size() == 1) return CachedHash(files.front(), read);
  std::sort(files.begin(), files.end());
  std::string hashes;
  for (const fs::path& file : files) {
    const std::string hash = CachedHash(file, read);
    if (hash.empty()) return "";
    hashes += hash;
  }
  return HashBytes(hashes);
}

// What the text's files and the tokenizer's are, without opening them.
std::string CorpusStamp(const CorpusSpec& spec, const fs::path& model) {
  // Stored in the cache alone.
  const int bos = spec.add_bos ? static_cast<int>(*spec.add_bos) : -1;
  std::string stamp = fmt::format("count 3;{} {} {} {} {} {} {} {} {}",
                                  spec.context_tokens,
                                  spec.held_out_tokens,
                                  spec.split_seed,
                                  spec.token_dtype,
                                  spec.document_separator.value_or(-1),
                                  bos,
                                  Name(spec.short_documents),
                                  spec.held_out_documents,
                                  spec.text_key);
  std::vector<fs::path> files = FindTextFiles(spec.text, spec.text_key);
  files.insert(files.end(), spec.token_files.begin(), spec.token_files.end());
  if (fs::is_directory(model)) {
    for (const char* name : {"tokenizer.json",
                             "tokenizer_config.json",
                             "special_tokens_map.json",
                             "config.json",
                             "generation_config.json"}) {
      if (fs::exists(model / name)) files.push_back(model / name);
    }
  } else {
    files.push_back(model);
  }
  for (const fs::path& file : files) stamp += ";" + Stamp(file);
  return stamp;
}

// A corpus that was counted: its usable training tokens and its identity.
struct CountedCorpus {
  std::int64_t training_tokens = 0;
  std::string identity;
  std::vector<std::string> notes;  // not remembered
};

CountedCorpus Count(const SourceSpec& source) {
  const CorpusSpec spec = CorpusSpecOf(source);
  const fs::path& model = source.model.model;
  const Corpus corpus = LoadCorpus(spec, Tokenizer::Load(model), CacheFolder());
  CountedCorpus counted{
      corpus.usable_training_tokens(), corpus.Identity(), ReadingNotes(corpus.reading())};
  for (std::string& line : LinesOf(corpus.summary(), spec)) counted.notes.push_back(std::move(line));
  WriteIfPossible(KeptAs("count-", CorpusStamp(spec, model)),
                  fmt::format("{} {}", counted.training_tokens, counted.identity));
  return counted;
}

std::optional<CountedCorpus> Remembered(const SourceSpec& source) {
  std::error_code error;
  if (!fs::exists(source.model.model, error)) return std::nullopt;
  const std::string stamp = CorpusStamp(CorpusSpecOf(source), source.model.model);
  const fs::path place = KeptAs("count-", stamp);
  if (!fs::exists(place, error)) return std::nullopt;
  std::istringstream text(ReadFile(place));
  CountedCorpus counted;
  text >> counted.training_tokens >> counted.identity;
  return text ? std::optional(counted) : std::nullopt;
}

// Usable tokens by the size of the files, at four bytes of text (English, most tokenizers) or the
// width of an id each.
std::int64_t EstimateTokens(const SourceSpec& source) {
  constexpr double kBytesOfText = 4;
  const CorpusSpec spec = CorpusSpecOf(source);
  double tokens = 0;
  for (const fs::path& file :
       spec.text.empty() ? std::vector<fs::path>{} : FindTextFiles(spec.text, spec.text_key))
    tokens += static_cast<double>(fs::file_size(file)) / kBytesOfText;
  const double id_bytes = spec.token_dtype == "u32" ? 4 : 2;
  for (const std::string& file : spec.token_files)
    tokens += static_cast<double>(fs::file_size(file)) / id_bytes;
  const double usable = tokens * (1 - 1.0 / spec.context_tokens);
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(usable) - source.held_out_tokens);
}

DataCount IdentifyModel(SourceSpec* source, DataNeed need) {
  const fs::path model = source->model.model;
  if (need == DataNeed::kCount) {
    const CountedCorpus counted = Count(*source);
    return {true, counted.training_tokens, false, "", counted.notes};
  }
  std::optional<CountedCorpus> corpus = Remembered(*source);
  if (need == DataNeed::kPrice) {
    if (!corpus) return {true, EstimateTokens(*source), true, "", {}};
    const std::string weights = WeightsHash(model, false);
    if (!weights.empty()) source->identity = HashBytes(weights + corpus->identity);
    return {true, corpus->training_tokens, false, "", {}};
  }
  const std::string weights = WeightsHash(model, true);
  const CountedCorpus counted = Count(*source);
  source->identity = HashBytes(weights + counted.identity);
  return {true, counted.training_tokens, false, "", counted.notes};
}

DataCount IdentifyShards(SourceSpec* source) {
  const ShardManifest manifest = ReadShardManifest(source->shards);
  source->identity = HashFile(fs::path(source->shards) / kManifestFile);
  source->d_in = manifest.d_in;
  return {true, manifest.training_tokens(), false, "", {}};
}

// By headers and configuration, as the trainer will. A model that is elsewhere can be priced.
void CheckModel(const ModelSource& source, DataNeed need) {
  std::error_code error;
  const bool there = fs::exists(source.model, error);
  if (need == DataNeed::kPrice && !HasWeights(source.model)) return;
  if (need == DataNeed::kCount && !there) return;
  CheckModelFiles(source.model,
                  {source.layer + 1, source.spliced_contexts > 0, source.add_bos.value_or(false)});
}

DataCount Identify(SourceSpec* source, DataNeed need) {
  switch (source->kind) {
    case SourceKind::kSynthetic:
      source->identity = "synthetic";
      return {true, -1, false, "", {}};
    case SourceKind::kShards:
      return IdentifyShards(source);
    case SourceKind::kModel:
      return IdentifyModel(source, need);
  }
  return {};
}

}  // namespace

DataCount IdentifyData(SourceSpec* source, DataNeed need) {
  if (source->kind == SourceKind::kModel) CheckModel(source->model, need);
  try {
    return Identify(source, need);
  } catch (const Error& error) {
    if (need != DataNeed::kPrice) throw;
    return {false, -1, false, error.what(), {}};
  } catch (const fs::filesystem_error& error) {
    if (need != DataNeed::kPrice) throw IoError(error.what());
    return {false, -1, false, error.what(), {}};
  }
}

}  // namespace saelaw
