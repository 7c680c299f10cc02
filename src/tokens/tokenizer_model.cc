// Both readers fill the vocabulary through SetToken, where ids are bounded before they become a
// size: an absurd id in a damaged file must not allocate memory for it.
#include "tokens/tokenizer_model.h"

#include "tensors/message.h"

namespace saelaw {

void SetToken(TokenizerModel& model, std::int64_t id, Token token) {
  if (id < 0 || id >= kMaxVocabulary) {
    Refuse(model.path,
           "token {} has id {}, allowed are 0 to {}",
           Quote(token.text),
           id,
           kMaxVocabulary - 1);
  }
  const auto index = static_cast<std::size_t>(id);
  if (index >= model.tokens.size()) model.tokens.resize(index + 1);
  Token& present = model.tokens[index];
  if (present.kind != Token::Kind::kAbsent) {
    // tokenizer.json lists added tokens in two places. The first mention decides the kind.
    if (present.text == token.text) return;
    Refuse(
        model.path, "id {} belongs to both {} and {}", id, Quote(present.text), Quote(token.text));
  }
  present = std::move(token);
}

std::optional<std::int32_t> FindToken(const TokenizerModel& model, const std::string& text) {
  if (text.empty()) return std::nullopt;
  // A scan will do: a handful of special tokens are looked up, once.
  for (std::size_t id = 0; id < model.tokens.size(); ++id) {
    const Token& token = model.tokens[id];
    if (token.kind != Token::Kind::kAbsent && token.text == text) {
      return static_cast<std::int32_t>(id);
    }
  }
  return std::nullopt;
}

}  // namespace saelaw
