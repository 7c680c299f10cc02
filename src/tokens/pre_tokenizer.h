// Cuts text into the pieces inside which a byte-level BPE merges. Pieces never overlap, leave
// nothing out, and no token crosses their borders.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace saelaw {

enum class Pattern {
  kGpt2,    // contractions, letters, numbers, other, each with one space before it
  kSmolLm,  // every digit alone, then GPT-2's
  kLlama3,  // numbers of up to three digits, newlines with what they follow
};

// "gpt-2", "smollm", "llama-3": what messages and identities call it. Stored: do not
// change.
std::string_view PatternName(Pattern pattern);

// The pattern that a GGUF file means by `tokenizer.ggml.pre`.
std::optional<Pattern> FindGgufPattern(std::string_view pre);

// The pattern of a tokenizer.json's steps, written by DescribeStep and joined by " + ".
std::optional<Pattern> FindStepsPattern(std::string_view steps);

// All names, for messages.
std::string SupportedPatterns();

// Immutable; may be used by several threads at once.
class PreTokenizer {
 public:
  explicit PreTokenizer(Pattern pattern);
  ~PreTokenizer();
  PreTokenizer(PreTokenizer&&) noexcept;
  PreTokenizer& operator=(PreTokenizer&&) noexcept;

  Pattern pattern() const { return pattern_; }

 private:
  friend class Pieces;
  struct Compiled;
  Pattern pattern_;
  std::unique_ptr<Compiled> compiled_;
};

// The pieces of one text, in order. `pre_tokenizer` and `text` must outlive it; `text` must be
// valid UTF-8.
class Pieces {
 public:
  Pieces(const PreTokenizer& pre_tokenizer, std::string_view text);
  ~Pieces();
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;

  // The next piece, never empty; nothing at the end of the text.
  std::optional<std::string_view> Next();

 private:
  struct State;
  std::string_view text_;
  std::size_t position_ = 0;
  std::unique_ptr<State> state_;
};

}  // namespace saelaw
