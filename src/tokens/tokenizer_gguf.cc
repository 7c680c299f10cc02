// Reads the tokenizer.ggml.* metadata of a GGUF file, for byte-level BPE. What the file leaves out
// is taken as llama.cpp takes it.
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#tokenizer
#include <fmt/format.h>

#include "core/errors.h"
#include "tensors/gguf.h"
#include "tensors/message.h"
#include "tokens/tokenizer_model.h"

namespace saelaw {
namespace {

// The values of tokenizer.ggml.token_type that matter here.
constexpr std::int64_t kNormalToken = 1;
constexpr std::int64_t kControlToken = 3;

Pattern ReadPattern(const GgufFile& file) {
  const std::string* model = file.String("tokenizer.ggml.model");
  if (model == nullptr) Refuse(file.path(), "has no tokenizer (tokenizer.ggml.model)");
  if (*model != "gpt2") {
    throw ConfigurationError(
        fmt::format("{}: tokenizer.ggml.model {} is not supported, only byte-level BPE ('gpt2') is",
                    file.path().string(),
                    Quote(*model)));
  }
  const std::string* pre = file.String("tokenizer.ggml.pre");
  const std::optional<Pattern> pattern = FindGgufPattern(pre == nullptr ? "" : *pre);
  if (!pattern) {
    throw ConfigurationError(
        fmt::format("{}: tokenizer.ggml.pre {} is not supported; supported are those of {}",
                    file.path().string(),
                    pre == nullptr ? "is absent, which" : Quote(*pre),
                    SupportedPatterns()));
  }
  return *pattern;
}

void ReadVocabulary(const GgufFile& file, TokenizerModel& model) {
  const auto* texts = file.Strings("tokenizer.ggml.tokens");
  if (texts == nullptr) Refuse(file.path(), "has no tokenizer.ggml.tokens");
  const auto* types = file.Integers("tokenizer.ggml.token_type");
  if (types != nullptr && types->size() != texts->size()) {
    Refuse(file.path(), "{} tokens have {} token types", texts->size(), types->size());
  }
  for (std::size_t id = 0; id < texts->size(); ++id) {
    // Control and user-defined tokens are written as they are; only normal ones are spelled in the
    // byte alphabet. No text is encoded as the others.
    const bool normal = types == nullptr || (*types)[id] == kNormalToken;
    SetToken(model,
             static_cast<std::int64_t>(id),
             {normal ? Token::Kind::kBytes : Token::Kind::kLiteral, (*texts)[id]});
    if (types != nullptr && (*types)[id] == kControlToken) {
      model.special.push_back(static_cast<std::int32_t>(id));
    }
  }
}

void ReadMerges(const GgufFile& file, TokenizerModel& model) {
  const auto* merges = file.Strings("tokenizer.ggml.merges");
  if (merges == nullptr) Refuse(file.path(), "has no tokenizer.ggml.merges");
  for (const std::string& merge : *merges) {
    // The byte alphabet spells a space as another character, so that the one space here parts the
    // two tokens.
    const std::size_t space = merge.find(' ');
    if (space == std::string::npos || space != merge.rfind(' ')) {
      Refuse(file.path(), "merge {} is not a pair of tokens", Quote(merge));
    }
    model.merges.emplace_back(merge.substr(0, space), merge.substr(space + 1));
  }
}

// Nothing when the key is absent; else the id is a special one.
std::optional<std::int32_t> ReadId(const GgufFile& file, TokenizerModel& model, const char* key) {
  const std::optional<std::int64_t> id = file.Integer(key);
  if (!id) return std::nullopt;
  if (*id < 0 || *id >= static_cast<std::int64_t>(model.tokens.size())) {
    Refuse(file.path(), "{} is {}, but there are {} tokens", key, *id, model.tokens.size());
  }
  model.special.push_back(static_cast<std::int32_t>(*id));
  return model.special.back();
}

}  // namespace

TokenizerModel ReadGgufTokenizer(const std::filesystem::path& path) {
  const GgufFile file(path);
  TokenizerModel model;
  model.path = path;
  model.pattern = ReadPattern(file);
  // What llama.cpp does where the file is silent: Llama 3's tokenizer takes whole pieces first and
  // begins a text with bos.
  const bool llama3 = model.pattern == Pattern::kLlama3;
  model.ignore_merges = llama3;
  ReadVocabulary(file, model);
  ReadMerges(file, model);
  model.bos = ReadId(file, model, "tokenizer.ggml.bos_token_id");
  model.eos = ReadId(file, model, "tokenizer.ggml.eos_token_id");
  // Ends of turns and of messages are no text either.
  for (const char* key : {"padding", "eot", "eom"}) {
    ReadId(file, model, fmt::format("tokenizer.ggml.{}_token_id", key).c_str());
  }
  model.add_bos = model.bos && file.Boolean("tokenizer.ggml.add_bos_token").value_or(llama3);
  return model;
}

}  // namespace saelaw
