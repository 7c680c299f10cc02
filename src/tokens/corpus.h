// A corpus: documents as token ids, cut into contexts, some documents held out. A pure function of
// the files' content, never of their names' place, dates or the order of a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/run_spec.h"
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
  ShortDocuments short_documents = ShortDocuments::kKeep;
  std::int64_t held_out_tokens = 16384;  // usable ones, at least; 0: nothing is held out
  std::int64_t held_out_documents = 64;  // at least, where there are five times as many
  std::uint64_t split_seed = 0;          // which documents are held out
};

// What a language-model source says of its corpus.
CorpusSpec MakeCorpusSpec(const SourceSpec& source);

inline constexpr int kBlockContexts = 16;
// A document, or the end of one, of fewer tokens is no context of its own: its tokens would be seen
// with next to nothing before them.
inline constexpr std::int64_t kLeastContextTokens = 16;

// One context: consecutive tokens of one document, bos before them where it is added.
struct Context {
  std::int32_t document = 0;
  std::int32_t tokens = 0;  // bos included; context_tokens, or fewer at a document's end
  std::int64_t begin = 0;   // of its first token in Corpus::ids()
  std::int32_t usable = 0;  // positions whose activations are used; see Corpus::UsablePositions
};

// What became of a corpus' documents and tokens, for people. Tokens are ids of the documents, bos
// not counted.
struct CorpusSummary {
  std::int64_t documents = 0, tokens = 0;
  std::int64_t training_documents = 0, training_contexts = 0, training_tokens = 0;  // usable
  std::int64_t held_out_documents = 0;  // no run trains on them
  double held_out_share = 0;            // of all usable tokens
  std::int64_t measured_documents = 0, measured_contexts = 0, measured_tokens = 0;  // usable
  bool has_large_held_out = false;     // as Split::has_large
  std::int64_t dropped_documents = 0;  // too short to give a context
  std::int64_t dropped_tokens = 0;     // theirs, and those of ends that are too short
  std::int64_t special_tokens = 0;     // in contexts, at positions that are never used
  std::int64_t short_contexts = 0;     // of fewer than context_tokens tokens
};
// Lines for people: used, held out, dropped and why. The last ones are warnings where they begin
// with "warning: ".
std::vector<std::string> DescribeCorpus(const CorpusSummary& summary, const CorpusSpec& spec);

// Immutable; may be used by several threads at once.
class Corpus {
 public:
  // Cuts and splits (tokens/split.h). Each document is cut from its first token on; an end that is
  // shorter than a context is one of its own, or dropped, as `spec` says. `special`: ids of tokens
  // that are no text (bos, eos, padding, control tokens). Throws ConfigurationError when there is
  // too little text for a held-out set and one context.
  Corpus(TokenStore store,
         const CorpusSpec& spec,
         std::optional<std::int32_t> bos,
         std::vector<std::int32_t> special = {});

  // Training contexts in the order of the documents.
  const std::vector<Context>& training_contexts() const { return training_; }
  // Those that losses are measured on: documents in the order of their hash, the contexts of one
  // next to each other.
  const std::vector<Context>& held_out_contexts() const { return measured_; }
  // `count` of them, or all where there are fewer: of as many documents as possible, those of one
  // next to each other.
  std::vector<Context> HeldOutSample(std::size_t count) const;
  int context_tokens() const { return context_tokens_; }

  // The context's ids; `out` has context.tokens elements. Position 0 is an attention sink:
  // its activations are never used.
  void CopyTokens(const Context& context, std::span<std::int32_t> out) const;
  // The positions of a context whose activations are used, ascending, `context.usable` of them: all
  // but the first and those of special tokens, which are outliers of another kind than text
  // (massive activations, arXiv 2402.17762).
  std::vector<std::int32_t> UsablePositions(const Context& context) const;

  // Positions that are used, of all training and of all measured held-out contexts.
  std::int64_t usable_training_tokens() const { return summary_.training_tokens; }
  std::int64_t usable_held_out_tokens() const { return summary_.measured_tokens; }
  const CorpusSummary& summary() const { return summary_; }

  // All documents one after the other, without bos, and where each begins (documents + 1 values).
  std::span<const std::int32_t> ids() const { return store_.ids(); }
  std::span<const std::int64_t> document_begins() const { return store_.begins(); }
  // What was read, skipped and replaced; ReadingNotes says it in words.
  const TextReading& reading() const { return store_.reading(); }

  // Hash of ids, documents, contexts and split. Stored: do not change.
  std::string Identity() const;

 private:
  bool IsSpecial(std::int32_t id) const;
  Context ContextAt(std::size_t document, std::int64_t begin, std::int64_t end) const;
  std::vector<Context> Cut(std::size_t document);
  void SplitAndCut(const CorpusSpec& spec);
  void Measure(std::vector<Context> contexts, std::int64_t count);
  void CheckEnough(const CorpusSpec& spec, std::int64_t usable) const;

  TokenStore store_;
  std::optional<std::int32_t> bos_;
  std::vector<bool> special_;  // by id; ids beyond are not
  int context_tokens_;
  CorpusSpec spec_;  // without the files
  std::vector<Context> training_;
  std::vector<Context> measured_;
  CorpusSummary summary_;
};

// Reads, tokenises, cuts and splits. Token ids are kept in `cache_folder` under a name made of the
// tokenizer's identity and the files' content, so that the next load reads one file; a damaged
// cache is made anew, and one that cannot be written is done without. An empty path means no cache.
// Throws ConfigurationError (no file matches, no tokens, too few, a bad setting) and IoError.
Corpus LoadCorpus(const CorpusSpec& spec,
                  const Tokenizer& tokenizer,
                  const std::filesystem::path& cache_folder);

}  // namespace saelaw
