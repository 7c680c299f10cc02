// From files to a Corpus, by way of the cache of token ids: to tokenise costs minutes, and every
// job on the same text would do it anew.
#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/files.h"
#include "tokens/corpus.h"
#include "tokens/text_files.h"
#include "tokens/text_message.h"
#include "tokens/token_file.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// All that is read, found before anything is: a wrong name is told at once, not after an hour.
struct Inputs {
  FoundText text;
  std::string text_key;
  std::vector<fs::path> token_files;
  TokenFileRules rules;
};

Inputs FindInputs(const CorpusSpec& spec, const Tokenizer& tokenizer, bool with_bos) {
  Inputs inputs;
  inputs.text = FindText(spec.text, spec.text_key);
  inputs.text_key = spec.text_key;
  inputs.token_files.assign(spec.token_files.begin(), spec.token_files.end());
  if (inputs.text.files.empty() && inputs.token_files.empty()) {
    throw ConfigurationError("the corpus names neither text nor token_files");
  }
  // A separator that no token has would make one document of everything, which nobody means.
  const std::optional<std::int32_t>& separator = spec.document_separator;
  if (separator && (*separator < 0 || *separator >= tokenizer.vocabulary())) {
    throw ConfigurationError(fmt::format(
        "document_separator is {}, allowed are 0 to {}", *separator, tokenizer.vocabulary() - 1));
  }
  const std::int64_t step = spec.context_tokens - (with_bos ? 1 : 0);
  inputs.rules = {spec.token_dtype,
                  spec.document_separator,
                  std::max<std::int64_t>(1, step) * kBlockContexts,
                  tokenizer.vocabulary()};
  return inputs;
}

// The key is made of all that determines ids and documents, the content of files included but not
// their names. Stored: do not change.
std::string CacheKey(const Inputs& inputs, const Tokenizer& tokenizer) {
  std::string key = fmt::format("token cache 2;{};{}", tokenizer.Identity(), inputs.text_key);
  for (const fs::path& file : inputs.text.files) {
    key += fmt::format(";{} {}", FormatWord(file), HashFile(file));
  }
  const TokenFileRules& rules = inputs.rules;
  for (const fs::path& file : inputs.token_files) {
    key += fmt::format(";ids {} {} {} {} {} {}",
                       file.extension().string(),
                       rules.dtype,
                       rules.separator.value_or(-1),
                       rules.separator ? 0 : rules.block_tokens,
                       rules.vocabulary,
                       HashFile(file));
  }
  return HashBytes(key);
}

// Adds what one file's reading met; `file` is its place among the text files.
void Count(const FileReading& reading, std::int64_t file, ReadingCounts& counts) {
  ++counts.files;
  counts.documents += reading.documents.documents;
  counts.empty_documents += reading.documents.empty;
  counts.replaced += reading.replaced;
  counts.lone_surrogates += reading.documents.lone_surrogates;
  counts.json_files += reading.json_by_content ? 1 : 0;
  // Only the first such file is named: one name shows what is meant, a thousand hide it.
  if (reading.json_as_text && counts.json_as_text++ == 0) counts.first_json_as_text = file;
  const std::int64_t repaired = reading.replaced + reading.documents.lone_surrogates;
  if (repaired == 0) return;
  const auto place = static_cast<std::size_t>(counts.repaired_files++);
  if (place < counts.repaired.size()) counts.repaired[place] = {file, repaired};
}

// Documents are tokenised one by one as they are read: only ids are kept, and the text itself never
// lies in memory as a whole.
TokenStore Tokenise(const Inputs& inputs, const Tokenizer& tokenizer) {
  TokenStore store;
  const auto add = [&](std::string_view document) {
    tokenizer.Encode(document, store.filling());
    store.EndDocument();
  };
  for (const fs::path& file : inputs.text.files) {
    ReadingCounts& counts = store.reading().counts;
    Count(ForEachDocument(file, inputs.text_key, add), counts.files, counts);
  }
  for (const fs::path& file : inputs.token_files) AppendTokenFile(file, inputs.rules, store);
  return store;
}

// The cache knows no names, as the same content may lie elsewhere: what the notes say of files gets
// its names at every load.
void NameReading(const FoundText& found, TextReading& reading) {
  constexpr std::size_t kShown = 3;
  NameFiles(found.files, reading);
  reading.passed_over = static_cast<std::int64_t>(found.passed_over.size());
  for (std::size_t i = 0; i < std::min(kShown, found.passed_over.size()); ++i) {
    reading.passed_over_names.push_back(ShownPath(found.passed_over[i]));
  }
}

// A full disk or a read-only folder costs the next load its time, not this one its corpus.
void SaveIfPossible(const TokenStore& store, const fs::path& path) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  try {
    store.Save(path);
  } catch (const Error&) {
    fs::remove(path, error);
  }
}

TokenStore ReadOrTokenise(const Inputs& inputs,
                          const Tokenizer& tokenizer,
                          const fs::path& cache_folder) {
  if (cache_folder.empty()) return Tokenise(inputs, tokenizer);
  const fs::path cache = cache_folder / (CacheKey(inputs, tokenizer) + ".tokens");
  if (std::optional<TokenStore> cached = TokenStore::Open(cache)) return *std::move(cached);
  TokenStore store = Tokenise(inputs, tokenizer);
  SaveIfPossible(store, cache);
  return store;
}

}  // namespace

Corpus LoadCorpus(const CorpusSpec& spec,
                  const Tokenizer& tokenizer,
                  const fs::path& cache_folder) {
  const bool with_bos = spec.add_bos.value_or(tokenizer.add_bos());
  if (with_bos && !tokenizer.bos()) {
    throw ConfigurationError(
        "activations.add_bos is true, but the model's tokenizer names no bos token (bos_token in "
        "tokenizer_config.json): name one, or leave add_bos at auto");
  }
  const Inputs inputs = FindInputs(spec, tokenizer, with_bos);
  TokenStore store = ReadOrTokenise(inputs, tokenizer, cache_folder);
  NameReading(inputs.text, store.reading());
  return Corpus(
      std::move(store), spec, with_bos ? tokenizer.bos() : std::nullopt, tokenizer.special_ids());
}

}  // namespace saelaw
