// The patterns are those of the tokenizers' files, rewritten for PCRE2 so that they match the same
// but do not go back over a long run of equal characters. Files are compared by their text with a
// table of known patterns, for a pattern that is merely alike gives other ids.
#include "tokens/pre_tokenizer.h"

#include <array>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace saelaw {
namespace {

// White_Space, spelled out: PCRE2's own \s under UCP takes U+180E too, which is no space to the
// tokenizers that these patterns come from.
#define SPACE "\\p{Z}\\x{9}-\\x{d}\\x{85}"
#define CONTRACTION "'s|'t|'re|'ve|'m|'ll|'d"
// Quantifiers are possessive wherever what follows cannot match the same character, so that a long
// run costs one pass. The last two alternatives leave one space to the word after a run of spaces.
#define LONG_SPACE "[" SPACE "]+(?![^" SPACE "])|[" SPACE "]++"

constexpr const char* kGpt2Regex =
    CONTRACTION "| ?\\p{L}++| ?\\p{N}++| ?[^" SPACE "\\p{L}\\p{N}]++|" LONG_SPACE;

// Digits come first and end a run of spaces as the end of the text does.
constexpr const char* kSmolLmRegex =
    "\\p{N}|" CONTRACTION "| ?\\p{L}++| ?[^" SPACE "\\p{L}\\p{N}]++|[" SPACE "]+(?![^" SPACE
    "\\p{N}])|[" SPACE "]++";

// Contractions in any case; a letter run may take one other character before it; numbers are cut
// from the left in threes.
constexpr const char* kLlama3Regex =
    "(?i:" CONTRACTION ")|[^\\r\\n\\p{L}\\p{N}]?\\p{L}++|\\p{N}{1,3}+| ?[^" SPACE
    "\\p{L}\\p{N}]++[\\r\\n]*+|[" SPACE "]*[\\r\\n]++|" LONG_SPACE;

// The patterns as tokenizer.json files write them.
#define FILE_GPT2 \
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
#define FILE_LLAMA3                                                        \
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" \
  "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

struct Known {
  Pattern pattern;
  const char* name;
  const char* regex;
};

constexpr std::array<Known, 3> kKnown = {{
    {Pattern::kGpt2, "gpt-2", kGpt2Regex},
    {Pattern::kSmolLm, "smollm", kSmolLmRegex},
    {Pattern::kLlama3, "llama-3", kLlama3Regex},
}};

struct Alias {
  const char* text;
  Pattern pattern;
};

// Names that llama.cpp's converter writes, the older spellings included.
constexpr std::array<Alias, 5> kGgufNames = {{
    {"gpt-2", Pattern::kGpt2},
    {"smollm", Pattern::kSmolLm},
    {"llama-bpe", Pattern::kLlama3},
    {"llama3", Pattern::kLlama3},
    {"llama-v3", Pattern::kLlama3},
}};

// What DescribeStep of tokenizer_json.cc writes of the files that are known to mean these patterns.
constexpr std::array<Alias, 4> kSteps = {{
    {"ByteLevel(regex)", Pattern::kGpt2},
    {"Split(" FILE_GPT2 ") + ByteLevel", Pattern::kGpt2},
    {"Digits(individual) + ByteLevel(regex)", Pattern::kSmolLm},
    {"Split(" FILE_LLAMA3 ") + ByteLevel", Pattern::kLlama3},
}};

template <std::size_t n>
std::optional<Pattern> Lookup(const std::array<Alias, n>& aliases, std::string_view text) {
  for (const Alias& alias : aliases) {
    if (text == alias.text) return alias.pattern;
  }
  return std::nullopt;
}

const Known& Find(Pattern pattern) { return kKnown[static_cast<std::size_t>(pattern)]; }

struct Free {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

// The patterns are anchored, as pieces leave nothing out: each begins where the last one ended. One
// that does not compile is our own bug.
pcre2_code* Compile(const char* regex) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(regex),
                                   PCRE2_ZERO_TERMINATED,
                                   PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED,
                                   &error,
                                   &offset,
                                   nullptr);
  if (code == nullptr) {
    throw std::logic_error(fmt::format("pattern {} fails at {}: {}", regex, offset, error));
  }
  return code;
}

}  // namespace

std::string_view PatternName(Pattern pattern) { return Find(pattern).name; }

std::optional<Pattern> FindGgufPattern(std::string_view pre) { return Lookup(kGgufNames, pre); }

std::optional<Pattern> FindStepsPattern(std::string_view steps) { return Lookup(kSteps, steps); }

std::string SupportedPatterns() {
  std::string names;
  for (const Known& known : kKnown)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", known.name);
  return names;
}

struct PreTokenizer::Compiled {
  std::unique_ptr<pcre2_code, Free> code;
  bool jit = false;  // false where the system forbids memory that is writable and executable
};

PreTokenizer::PreTokenizer(Pattern pattern)
    : pattern_(pattern), compiled_(std::make_unique<Compiled>()) {
  compiled_->code.reset(Compile(Find(pattern).regex));
  compiled_->jit = pcre2_jit_compile(compiled_->code.get(), PCRE2_JIT_COMPLETE) == 0;
}

PreTokenizer::~PreTokenizer() = default;
PreTokenizer::PreTokenizer(PreTokenizer&&) noexcept = default;
PreTokenizer& PreTokenizer::operator=(PreTokenizer&&) noexcept = default;

struct Pieces::State {
  const pcre2_code* code;
  bool jit;
  std::unique_ptr<pcre2_match_data, Free> data;
  std::unique_ptr<pcre2_match_context, Free> context;

  // The compiled matcher has a fixed stack; where it does not suffice the interpreter, whose
  // memory grows, takes over for that piece.
  int Match(std::string_view text, std::size_t start) const {
    const auto subject = reinterpret_cast<PCRE2_SPTR>(text.data());
    if (jit) {
      const int found =
          pcre2_jit_match(code, subject, text.size(), start, 0, data.get(), context.get());
      if (found != PCRE2_ERROR_JIT_STACKLIMIT) return found;
    }
    return pcre2_match(code,
                       subject,
                       text.size(),
                       start,
                       PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT,
                       data.get(),
                       context.get());
  }
};

Pieces::Pieces(const PreTokenizer& pre_tokenizer, std::string_view text)
    : text_(text), state_(std::make_unique<State>()) {
  state_->code = pre_tokenizer.compiled_->code.get();
  state_->jit = pre_tokenizer.compiled_->jit;
  state_->data.reset(pcre2_match_data_create(1, nullptr));
  state_->context.reset(pcre2_match_context_create(nullptr));
  if (state_->data == nullptr || state_->context == nullptr) throw std::bad_alloc();
  constexpr std::uint32_t kNoLimit = std::numeric_limits<std::uint32_t>::max();
  // PCRE2 limits its work against hostile patterns. Ours are known and linear, and a limit would
  // refuse long texts.
  pcre2_set_match_limit(state_->context.get(), kNoLimit);
  pcre2_set_depth_limit(state_->context.get(), kNoLimit);
  pcre2_set_heap_limit(state_->context.get(), kNoLimit);
}

Pieces::~Pieces() = default;

std::optional<std::string_view> Pieces::Next() {
  if (position_ >= text_.size()) return std::nullopt;
  const int found = state_->Match(text_, position_);
  const PCRE2_SIZE end = found > 0 ? pcre2_get_ovector_pointer(state_->data.get())[1] : position_;
  // Every character is a letter, a number, a space or none of these, so a piece always matches.
  if (end <= position_) throw std::logic_error(fmt::format("pre-tokenizer stopped: {}", found));
  const std::string_view piece = text_.substr(position_, end - position_);
  position_ = end;
  return piece;
}

}  // namespace saelaw
