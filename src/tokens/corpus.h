// A corpus: documents as token ids, cut into contexts, some documents held out. A pure function of
// the files' content, never of their names' place, dates or the order of a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "run/run_spec.h"
#include "tokens/token_store.h"

namespace saelaw {

class Tokenizer;

struct CorpusSpec {
  // Files, folders or patterns (see FindText). One file is one document; of a JSON file each
  // object's string under `text_key` is.
  std::vector<std::string> text;
  std::string text_key = "text";
  // .npy (one dimension of integers) or .bin files, after the text.
  std::vector<std::string> token_files;
  std::string token_dtype;  // of .bin files: "u16" or "u32"
  // The id that ends a document in token files. Without it they are cut into blocks of
  // kBlockContexts contexts, each a document.
  std::optional<std::int32_t> document_separator;
  std::optional<bool> add_bos;  // at the front of each context; nothing: as the tokenizer says
  int context_tokens = 256;     // bos included
  std::int64_t held_out_tokens = 16384;  // usable ones, at least
  std::uint64_t split_seed = 0;          // which documents are held out
};

// What a language-model source says of its corpus.
CorpusSpec CorpusSpecOf(const SourceSpec& source);

inline constexpr int kBlockContexts = 16;

// One context: `CorpusSpec::context_tokens` tokens of one document.
struct Context {
  std::int32_t document = 0;
  std::int64_t begin = 0;  // of its first token in Corpus::ids(); bos comes before it where added
};

// Immutable; may be used by several threads at once.
class Corpus {
 public:
  // Cuts and splits. Documents are ordered by a hash of their ids and `split_seed`; the first ones
  // that reach `held_out_tokens` are held out, so equal documents are always on the same side.
  // Throws ConfigurationError when there is too little text for a held-out set and one context.
  Corpus(TokenStore store, const CorpusSpec& spec, std::optional<std::int32_t> bos);

  // Training contexts in the order of the documents; held-out ones in the order of the hash, so
  // that the first n are a random sample of documents. Each document is cut from its first token
  // on; what is shorter than a context at its end is left out.
  const std::vector<Context>& training_contexts() const { return training_; }
  const std::vector<Context>& held_out_contexts() const { return held_out_; }
  int context_tokens() const { return context_tokens_; }

  // The context's ids; `out` has context_tokens() elements. Position 0 is an attention sink:
  // its activations are never used.
  void CopyTokens(const Context& context, std::span<std::int32_t> out) const;

  // context_tokens - 1 of each context.
  std::int64_t usable_training_tokens() const { return Usable(training_); }
  std::int64_t usable_held_out_tokens() const { return Usable(held_out_); }

  // All documents one after the other, without bos, and where each begins (documents + 1 values).
  std::span<const std::int32_t> ids() const { return store_.ids(); }
  std::span<const std::int64_t> document_begins() const { return store_.begins(); }
  // What was read, skipped and replaced; ReadingNotes says it in words.
  const TextReading& reading() const { return store_.reading(); }

  // Hash of ids, documents, contexts and split. Stored: do not change.
  std::string Identity() const;

 private:
  std::int64_t Usable(const std::vector<Context>& contexts) const;
  std::int64_t ContextsOf(std::size_t document) const;
  void AppendContexts(std::size_t document, std::vector<Context>& contexts) const;
  void Split(const CorpusSpec& spec);
  void CheckEnough(const CorpusSpec& spec) const;

  TokenStore store_;
  std::optional<std::int32_t> bos_;
  int context_tokens_;
  std::int64_t held_out_tokens_;
  std::uint64_t split_seed_;
  std::vector<Context> training_;
  std::vector<Context> held_out_;
};

// Reads, tokenises, cuts and splits. Token ids are kept in `cache_folder` under a name made of the
// tokenizer's identity and the files' content, so that the next load reads one file; a damaged
// cache is made anew, and one that cannot be written is done without. An empty path means no cache.
// Throws ConfigurationError (no file matches, no tokens, too few, a bad setting) and IoError.
Corpus LoadCorpus(const CorpusSpec& spec,
                  const Tokenizer& tokenizer,
                  const std::filesystem::path& cache_folder);

}  // namespace saelaw
