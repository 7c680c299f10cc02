// Encoding goes through a cache of words: a text repeats its words, and to look one up costs a
// fraction of merging it. The cache belongs to a thread while it encodes and goes back into a pool,
// so that a tokenizer may be shared without a lock around the work.
#include "tokens/tokenizer.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/files.h"
#include "tensors/gguf.h"
#include "tokens/byte_alphabet.h"
#include "tokens/byte_pair_encoder.h"
#include "tokens/pre_tokenizer.h"
#include "tokens/tokenizer_model.h"
#include "tokens/utf8.h"
#include "tokens/word_cache.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

TokenizerModel ReadModel(const fs::path& path) {
  if (!fs::is_directory(path)) {
    // Ollama names its files after a hash, without an extension.
    const bool gguf = path.extension() == ".gguf" || LooksLikeGguf(path);
    return gguf ? ReadGgufTokenizer(path) : ReadTokenizerJson(path);
  }
  const fs::path json = path / "tokenizer.json";
  if (!fs::exists(json)) {
    throw ConfigurationError(fmt::format(
        "{}: no tokenizer.json in this folder: AutoTokenizer.from_pretrained(...) of the model's "
        "source and save_pretrained write one",
        path.string()));
  }
  return ReadTokenizerJson(json);
}

std::int32_t TextVocabulary(const TokenizerModel& model) {
  std::size_t size = model.tokens.size();
  // Only tokens at the end are left out: the answer is a bound, and added tokens may stand below it
  // too.
  while (size > 0 && model.tokens[size - 1].kind != Token::Kind::kBytes) --size;
  return static_cast<std::int32_t>(size);
}

std::vector<std::int32_t> Ascending(std::vector<std::int32_t> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// Tokens as the bytes that they stand for, so that decoding is joining. Entries outside the byte
// alphabet decode to their own text.
std::vector<std::string> DecodeTokens(const std::vector<Token>& tokens) {
  std::vector<std::string> bytes;
  bytes.reserve(tokens.size());
  for (const Token& token : tokens) {
    const bool spelled = token.kind == Token::Kind::kBytes;
    bytes.push_back(spelled ? DecodeSpelling(token.text).value_or(token.text) : token.text);
  }
  return bytes;
}

}  // namespace

struct Tokenizer::Parts {
  explicit Parts(const TokenizerModel& model)
      : pre_tokenizer(model.pattern),
        encoder(model),
        bytes(DecodeTokens(model.tokens)),
        bos(model.bos),
        eos(model.eos),
        add_bos(model.add_bos),
        text_vocabulary(TextVocabulary(model)),
        special(Ascending(model.special)) {}

  void EncodeValid(std::string_view text, std::vector<std::int32_t>& ids) {
    std::unique_ptr<WordCache> cache = caches.Take();
    const auto encode = [this](std::string_view word, std::vector<std::int32_t>& out) {
      encoder.Encode(word, out);
    };
    Pieces pieces(pre_tokenizer, text);
    while (const auto piece = pieces.Next()) cache->Append(*piece, ids, encode);
    caches.Return(std::move(cache));
  }

  PreTokenizer pre_tokenizer;
  BytePairEncoder encoder;
  std::vector<std::string> bytes;  // by id
  std::optional<std::int32_t> bos;
  std::optional<std::int32_t> eos;
  bool add_bos;
  std::int32_t text_vocabulary;
  std::vector<std::int32_t> special;
  WordCachePool caches;
};

Tokenizer::Tokenizer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;

Tokenizer Tokenizer::Load(const fs::path& path) {
  // The model that was read is needed only to make the parts, and goes: its texts and merges are
  // the larger copy.
  return Tokenizer(std::make_unique<Parts>(ReadModel(path)));
}

std::vector<std::int32_t> Tokenizer::Encode(std::string_view utf8) const {
  std::vector<std::int32_t> ids;
  Encode(utf8, ids);
  return ids;
}

void Tokenizer::Encode(std::string_view utf8, std::vector<std::int32_t>& ids) const {
  if (!IsUtf8(utf8)) {
    // The matcher takes no ill-formed UTF-8.
    Encode(RepairUtf8(utf8).text, ids);
  } else {
    parts_->EncodeValid(utf8, ids);
  }
}

std::string Tokenizer::Decode(std::span<const std::int32_t> ids) const {
  std::string text;
  for (const std::int32_t id : ids) {
    if (id < 0 || id >= vocabulary()) {
      throw ConfigurationError(
          fmt::format("token id {} is outside the tokenizer's vocabulary of {}", id, vocabulary()));
    }
    text += parts_->bytes[static_cast<std::size_t>(id)];
  }
  return text;
}

std::int32_t Tokenizer::vocabulary() const {
  return static_cast<std::int32_t>(parts_->bytes.size());
}

std::int32_t Tokenizer::text_vocabulary() const { return parts_->text_vocabulary; }

std::optional<std::int32_t> Tokenizer::bos() const { return parts_->bos; }
std::optional<std::int32_t> Tokenizer::eos() const { return parts_->eos; }
bool Tokenizer::add_bos() const { return parts_->add_bos; }
std::vector<std::int32_t> Tokenizer::special_ids() const { return parts_->special; }

std::string Tokenizer::Identity() const {
  return HashBytes(fmt::format("tokenizer 1;{};{}",
                               PatternName(parts_->pre_tokenizer.pattern()),
                               parts_->encoder.Identity()));
}

}  // namespace saelaw
