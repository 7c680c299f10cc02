#include "tokens/tokenizer.h"

#include <set>

#include <fmt/format.h>

#include "run/errors.h"
#include "run/files.h"
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
  if (fs::is_directory(path)) return ReadTokenizerJson(path / "tokenizer.json");
  return path.extension() == ".gguf" ? ReadGgufTokenizer(path) : ReadTokenizerJson(path);
}

// Entries outside the byte alphabet decode to their own text.
std::vector<std::string> BytesOfTokens(const std::vector<Token>& tokens) {
  std::vector<std::string> bytes;
  bytes.reserve(tokens.size());
  for (const Token& token : tokens) {
    const bool spelled = token.kind == Token::Kind::kBytes;
    bytes.push_back(spelled ? BytesOfSpelling(token.text).value_or(token.text) : token.text);
  }
  return bytes;
}

std::vector<std::int32_t> SpecialIds(const TokenizerModel& model) {
  std::set<std::int32_t> ids;
  if (model.bos) ids.insert(*model.bos);
  if (model.eos) ids.insert(*model.eos);
  return {ids.begin(), ids.end()};
}

}  // namespace

struct Tokenizer::Parts {
  explicit Parts(const TokenizerModel& model)
      : pre_tokenizer(model.pattern),
        encoder(model),
        bytes(BytesOfTokens(model.tokens)),
        bos(model.bos),
        eos(model.eos),
        special(SpecialIds(model)),
        add_bos(model.add_bos) {}

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
  std::vector<std::int32_t> special;
  bool add_bos;
  WordCachePool caches;
};

Tokenizer::Tokenizer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;

Tokenizer Tokenizer::Load(const fs::path& path) {
  return Tokenizer(std::make_unique<Parts>(ReadModel(path)));
}

std::vector<std::int32_t> Tokenizer::Encode(std::string_view utf8) const {
  std::vector<std::int32_t> ids;
  Encode(utf8, ids);
  return ids;
}

void Tokenizer::Encode(std::string_view utf8, std::vector<std::int32_t>& ids) const {
  if (!IsUtf8(utf8)) {
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
