// The reader of GGUF's tokenizer metadata, on hand-made files without a tensor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "tensors/bytes.h"
#include "tokens/fixtures.h"
#include "tokens/tokenizer_model.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The value types of the GGUF specification that tokenizers use.
constexpr std::uint32_t kU32 = 4, kI32 = 5, kBool = 7, kString = 8, kArray = 9;

// Keys and their values in the file's form; a test changes some.
using Keys = std::map<std::string, std::string>;

std::string TextValue(const std::string& text) { return Le(kString) + GgufText(text); }
std::string NumberValue(std::uint32_t number) { return Le(kU32) + Le(number); }
std::string TextsValue(const std::vector<std::string>& texts) {
  std::string value = Le(kArray) + Le(kString) + Le<std::uint64_t>(texts.size());
  for (const std::string& text : texts) value += GgufText(text);
  return value;
}
std::string NumbersValue(const std::vector<std::int32_t>& numbers) {
  std::string value = Le(kArray) + Le(kI32) + Le<std::uint64_t>(numbers.size());
  for (const std::int32_t number : numbers) value += Le(number);
  return value;
}

// Three texts, one control token (type 3) and one user-defined token (type 4).
Keys Good() {
  return {{"tokenizer.ggml.model", TextValue("gpt2")},
          {"tokenizer.ggml.pre", TextValue("gpt-2")},
          {"tokenizer.ggml.tokens", TextsValue({"a", "b", "ab", "<end>", "<user>"})},
          {"tokenizer.ggml.token_type", NumbersValue({1, 1, 1, 3, 4})},
          {"tokenizer.ggml.merges", TextsValue({"a b"})},
          {"tokenizer.ggml.eos_token_id", NumberValue(3)}};
}

TokenizerModel Read(const Keys& keys) {
  std::string content =
      "GGUF" + Le<std::uint32_t>(3) + Le<std::uint64_t>(0) + Le<std::uint64_t>(keys.size());
  for (const auto& [key, value] : keys) content += GgufText(key) + value;
  const TemporaryFolder folder;
  return ReadGgufTokenizer(folder.Write("x.gguf", content));
}

std::string Refusal(const std::string& key, const std::string& value) {
  Keys keys = Good();
  keys.erase(key);
  if (!value.empty()) keys[key] = value;
  try {
    Read(keys);
  } catch (const Error& error) {
    return std::to_string(static_cast<int>(error.code())) + " " + error.what();
  }
  return "read";
}

TEST(TokenizerGguf, OnlyNormalTokensAreText) {
  const TokenizerModel model = Read(Good());
  EXPECT_EQ(model.tokens[2].kind, Token::Kind::kBytes);
  EXPECT_EQ(model.tokens[3].kind, Token::Kind::kLiteral);
  EXPECT_EQ(model.tokens[4].kind, Token::Kind::kLiteral);
  EXPECT_THAT(model.special, ElementsAre(3, 3));  // by its type and as eos
  EXPECT_EQ(model.eos, 3);
  EXPECT_EQ(model.bos, std::nullopt);
  EXPECT_THAT(model.merges, ElementsAre(std::pair<std::string, std::string>("a", "b")));
}

// What llama.cpp does where a file is silent: only Llama 3's tokenizer takes whole pieces first and
// puts bos in front, and never without one.
TEST(TokenizerGguf, SilenceMeansWhatLlamaCppTakesItFor) {
  Keys keys = Good();
  EXPECT_FALSE(Read(keys).ignore_merges);
  keys["tokenizer.ggml.pre"] = TextValue("llama-bpe");
  EXPECT_TRUE(Read(keys).ignore_merges);
  EXPECT_FALSE(Read(keys).add_bos);
  keys["tokenizer.ggml.bos_token_id"] = NumberValue(3);
  EXPECT_TRUE(Read(keys).add_bos);
  keys["tokenizer.ggml.add_bos_token"] = Le(kBool) + '\0';
  EXPECT_FALSE(Read(keys).add_bos);
}

TEST(TokenizerGguf, PaddingAndEndsOfTurnsAreSpecialToo) {
  Keys keys = Good();
  keys.erase("tokenizer.ggml.eos_token_id");
  keys["tokenizer.ggml.token_type"] = NumbersValue({1, 1, 1, 1, 1});
  keys["tokenizer.ggml.padding_token_id"] = NumberValue(4);
  keys["tokenizer.ggml.eot_token_id"] = NumberValue(3);
  EXPECT_THAT(Read(keys).special, ElementsAre(4, 3));
}

TEST(TokenizerGguf, OtherTokenizersAreNotSupported) {
  EXPECT_THAT(Refusal("tokenizer.ggml.model", TextValue("llama")),
              HasSubstr("tokenizer.ggml.model 'llama' is not supported, only byte-level BPE"));
  EXPECT_THAT(Refusal("tokenizer.ggml.pre", TextValue("qwen2")), HasSubstr("78 "));
  EXPECT_THAT(Refusal("tokenizer.ggml.pre", TextValue("qwen2")),
              HasSubstr("'qwen2' is not supported; supported are those of gpt-2, smollm, llama-3"));
  EXPECT_THAT(Refusal("tokenizer.ggml.pre", ""), HasSubstr("is absent, which is not supported"));
}

TEST(TokenizerGguf, NamesWhatIsMissingOrDamaged) {
  EXPECT_THAT(Refusal("tokenizer.ggml.model", ""), HasSubstr("74 "));
  EXPECT_THAT(Refusal("tokenizer.ggml.model", ""), HasSubstr("has no tokenizer"));
  EXPECT_THAT(Refusal("tokenizer.ggml.tokens", ""), HasSubstr("has no tokenizer.ggml.tokens"));
  EXPECT_THAT(Refusal("tokenizer.ggml.merges", ""), HasSubstr("has no tokenizer.ggml.merges"));
  EXPECT_THAT(Refusal("tokenizer.ggml.token_type", NumbersValue({1})),
              HasSubstr("5 tokens have 1 token types"));
  for (const char* merge : {"ab", "a b c"}) {
    EXPECT_THAT(Refusal("tokenizer.ggml.merges", TextsValue({merge})),
                HasSubstr("is not a pair of tokens"));
  }
  EXPECT_THAT(Refusal("tokenizer.ggml.eos_token_id", NumberValue(5)),
              HasSubstr("tokenizer.ggml.eos_token_id is 5, but there are 5 tokens"));
}

}  // namespace
}  // namespace saelaw
