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
    if (present.text == token.text) return;
    Refuse(
        model.path, "id {} belongs to both {} and {}", id, Quote(present.text), Quote(token.text));
  }
  present = std::move(token);
}

}  // namespace saelaw
