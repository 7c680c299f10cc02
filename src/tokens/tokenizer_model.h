// What a tokenizer file says, in one form for tokenizer.json and GGUF.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tokens/pre_tokenizer.h"

namespace saelaw {

// One entry of the vocabulary. Its place in TokenizerModel::tokens is its id.
struct Token {
  enum class Kind {
    kAbsent,   // an id that the file leaves out
    kBytes,    // `text` is written in the byte alphabet
    kLiteral,  // an added or control token: `text` is itself, and no text is encoded as it
  };
  Kind kind = Kind::kAbsent;
  std::string text;
};

struct TokenizerModel {
  std::filesystem::path path;  // for messages
  Pattern pattern = Pattern::kGpt2;
  bool ignore_merges = false;  // a piece that is a token is that token, whatever the merges make
  std::vector<Token> tokens;
  std::vector<std::pair<std::string, std::string>> merges;  // best first, in the byte alphabet
  std::optional<std::int32_t> unknown;  // stands for bytes without a token; nothing: left out
  bool fuse_unknown = false;            // neighbouring unknown bytes are one unknown token
  std::optional<std::int32_t> bos;
  std::optional<std::int32_t> eos;
  bool add_bos = false;               // every text begins with bos
  std::vector<std::int32_t> added;    // tokens beside the BPE's own vocabulary
  std::vector<std::int32_t> special;  // control tokens; in any order, one may stand twice
};

// Ids beyond this are taken for damage; the largest vocabularies in use have 2^18.
inline constexpr std::int64_t kMaxVocabulary = std::int64_t{1} << 23;

// Sets tokens[id]. Throws IoError when the id is out of bounds or has another text already.
void SetToken(TokenizerModel& model, std::int64_t id, Token token);

// The id of an entry with this text; nothing when there is none or the text is empty.
std::optional<std::int32_t> FindToken(const TokenizerModel& model, const std::string& text);

// Both throw IoError for a damaged file and ConfigurationError for a kind that is not supported.
TokenizerModel ReadTokenizerJson(const std::filesystem::path& path);
TokenizerModel ReadGgufTokenizer(const std::filesystem::path& path);

}  // namespace saelaw
