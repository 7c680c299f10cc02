// From files to a Corpus, by way of the cache of token ids.
#include <fmt/format.h>

#include "run/errors.h"
#include "run/files.h"
#include "tokens/corpus.h"
#include "tokens/text_files.h"
#include "tokens/token_file.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

struct Inputs {
  std::vector<fs::path> text;
  std::vector<fs::path> token_files;
  TokenFileRules rules;
};

Inputs FindInputs(const CorpusSpec& spec, const Tokenizer& tokenizer, bool with_bos) {
  Inputs inputs;
  inputs.text = FindTextFiles(spec.text);
  inputs.token_files.assign(spec.token_files.begin(), spec.token_files.end());
  if (inputs.text.empty() && inputs.token_files.empty()) {
    throw ConfigurationError("the corpus names neither text nor token_files");
  }
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

// Of all that determines the ids and documents. Stored: do not change.
std::string CacheKey(const Inputs& inputs, const Tokenizer& tokenizer) {
  std::string key = "token cache 1;" + tokenizer.Identity();
  for (const fs::path& file : inputs.text) {
    key += fmt::format(";{} {}", file.extension() == ".jsonl" ? "lines" : "text", HashFile(file));
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

TokenStore Tokenise(const Inputs& inputs, const Tokenizer& tokenizer) {
  TokenStore store;
  for (const fs::path& file : inputs.text) {
    store.CountReplaced(ForEachDocument(file, [&](std::string_view document) {
      tokenizer.Encode(document, store.filling());
      store.EndDocument();
    }));
  }
  for (const fs::path& file : inputs.token_files) AppendTokenFile(file, inputs.rules, store);
  return store;
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
  return Corpus(ReadOrTokenise(inputs, tokenizer, cache_folder),
                spec,
                with_bos ? tokenizer.bos() : std::nullopt);
}

}  // namespace saelaw
