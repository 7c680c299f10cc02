// Counting a text and hashing weights take minutes, so both are remembered under a stamp of the
// files that went into them. How much may be read anew depends on the command (DataNeed); what is
// not known then stays without an identity rather than with half of one.
#include "orchestrate/data/identify_data.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/files.h"
#include "identity/data_identity.h"
#include "identity/model_identity.h"
#include "identity/remembered_hash.h"
#include "tensors/shard_manifest.h"
#include "tokens/corpus.h"
#include "tokens/text_files.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// The stamp covers the text's files, those of the tokenizer, and all settings by which the text is
// cut. The text is not opened; of a model's folder only what a tokenizer is read from is.
std::string CorpusStamp(SourceSpec source) {
  source.identity = "";
  source.parts = {};
  std::string stamp = fmt::format(
      "count 2;{};{};{}", kNumericVersion, ToJson(source), TokenizerFilesHash(source.model.model));
  std::vector<fs::path> files = FindTextFiles(source.model.text, source.model.text_key);
  files.insert(files.end(), source.model.token_files.begin(), source.model.token_files.end());
  for (const fs::path& file : files) stamp += ";" + ReadStamp(file);
  return stamp;
}

// Empty where nothing can be kept.
fs::path CountPlace(const SourceSpec& source, const fs::path& folder) {
  return folder.empty() ? fs::path() : folder / ("count-" + HashBytes(CorpusStamp(source)));
}

// A corpus that was counted: its usable training tokens and what its identity is made of.
struct CountedCorpus {
  std::int64_t training_tokens = 0;
  std::string text, tokenizer;     // DataParts'
  std::vector<std::string> notes;  // not remembered
};

CountedCorpus Count(const SourceSpec& source, Cache& cache) {
  const fs::path place = CountPlace(source, cache.Folder());
  const Tokenizer tokenizer = Tokenizer::Load(source.model.model);
  const CorpusSpec spec = MakeCorpusSpec(source);
  const Corpus corpus = LoadCorpus(spec, tokenizer, cache.Folder());
  CountedCorpus counted{corpus.usable_training_tokens(),
                        corpus.Identity(),
                        TokenizerHash(tokenizer),
                        ReadingNotes(corpus.reading())};
  for (std::string& line : DescribeCorpus(corpus.summary(), spec))
    counted.notes.push_back(std::move(line));
  // The stamp was taken before the reading, so files that were written meanwhile are found to be
  // others at the next look.
  KeepIfPossible(place,
                 fmt::format("{} {} {}", counted.training_tokens, counted.text, counted.tokenizer));
  return counted;
}

std::optional<CountedCorpus> RememberedCount(const SourceSpec& source, Cache& cache) {
  std::error_code error;
  if (!fs::exists(source.model.model, error)) return std::nullopt;
  const fs::path place = CountPlace(source, cache.Folder());
  if (place.empty() || !fs::exists(place, error)) return std::nullopt;
  std::istringstream text(ReadFile(place));
  CountedCorpus counted;
  text >> counted.training_tokens >> counted.text >> counted.tokenizer;
  return text ? std::optional(counted) : std::nullopt;
}

void SetIdentity(SourceSpec* source, const CountedCorpus& counted, DataParts parts) {
  parts.text = counted.text;
  parts.tokenizer = counted.tokenizer;
  source->identity = CombineIdentity(parts);
  source->parts = std::move(parts);
}

// A text of so many bytes is tokenised within seconds.
constexpr std::uintmax_t kSoonCounted = 64 << 20;

bool IsSoonCounted(const SourceSpec& source) {
  std::uintmax_t bytes = 0;
  for (const fs::path& file : FindTextFiles(source.model.text, source.model.text_key))
    bytes += fs::file_size(file);
  for (const std::string& file : source.model.token_files) bytes += fs::file_size(file);
  return bytes <= kSoonCounted;
}

// The estimate takes four bytes of text for a token (English, most tokenizers), or the width of an
// id in a file of ids.
std::int64_t EstimateTokens(const SourceSpec& source) {
  constexpr double kBytesOfText = 4;
  const CorpusSpec spec = MakeCorpusSpec(source);
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

// Where the weights were read before and are what they were, the identity is complete; else only
// the parts that can be told are set.
void IdentifyUnread(SourceSpec* source, const CountedCorpus& counted, Cache& cache) {
  const fs::path model = source->model.model;
  DataParts parts;
  parts.configuration = ConfigurationHash(model);
  if (!WeightFiles(model).empty()) {
    const auto weights = WeightsHash(model, cache.Folder(), MayRead::kRememberedAlone);
    parts.weights = weights.value_or("");
  }
  SetIdentity(source, counted, std::move(parts));
  if (source->parts.weights.empty()) source->identity = "";
}

DataCount IdentifyModel(SourceSpec* source, DataNeed need, Cache& cache) {
  if (need == DataNeed::kCount) {
    CountedCorpus counted = Count(*source, cache);
    return {counted.training_tokens, false, std::move(counted.notes)};
  }
  if (need != DataNeed::kIdentity) {
    std::optional<CountedCorpus> counted = RememberedCount(*source, cache);
    if (!counted && need == DataNeed::kMatch && IsSoonCounted(*source))
      counted = Count(*source, cache);
    if (!counted) return {EstimateTokens(*source), true, {}};
    IdentifyUnread(source, *counted, cache);
    return {counted->training_tokens, false, {}};
  }
  const CountedCorpus counted = Count(*source, cache);
  SetIdentity(source, counted, ModelParts(source->model.model, cache.Folder()));
  return {counted.training_tokens, false, counted.notes};
}

DataCount IdentifyShards(SourceSpec* source) {
  const ShardManifest manifest = ReadShardManifest(source->shards);
  source->parts.shards = HashFile(fs::path(source->shards) / kManifestFile);
  source->identity = CombineIdentity(source->parts);
  source->d_in = manifest.d_in;
  return {manifest.training_tokens(), false, {}};
}

DataCount Identify(SourceSpec* source, DataNeed need, Cache& cache) {
  switch (source->kind) {
    case SourceKind::kSynthetic:
      source->identity = "synthetic";
      return {};
    case SourceKind::kShards:
      return IdentifyShards(source);
    case SourceKind::kModel:
      return IdentifyModel(source, need, cache);
  }
  return {};
}

}  // namespace

DataCount IdentifyData(SourceSpec* source, DataNeed need, Cache& cache) {
  try {
    return Identify(source, need, cache);
  } catch (const fs::filesystem_error& error) {
    throw IoError(error.what());
  }
}

}  // namespace saelaw
