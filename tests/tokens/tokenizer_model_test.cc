#include "tokens/tokenizer_model.h"

#include <string>

#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {
namespace {

TokenizerModel Model() {
  TokenizerModel model;
  model.path = "made.json";
  SetToken(model, 2, {Token::Kind::kBytes, "c"});
  return model;
}

std::string Refusal(std::int64_t id, const std::string& text) {
  TokenizerModel model = Model();
  try {
    SetToken(model, id, {Token::Kind::kBytes, text});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kIo);
    return error.what();
  }
  return "set";
}

TEST(SetToken, IdsLeftOutAreAbsent) {
  TokenizerModel model = Model();
  ASSERT_EQ(model.tokens.size(), 3u);
  EXPECT_EQ(model.tokens[0].kind, Token::Kind::kAbsent);
  SetToken(model, 0, {Token::Kind::kLiteral, "<s>"});
  EXPECT_EQ(model.tokens[0].text, "<s>");
}

// tokenizer.json lists added tokens a second time: the kind of the first mention stays.
TEST(SetToken, TheSameTextTwiceIsNoFault) {
  TokenizerModel model = Model();
  SetToken(model, 2, {Token::Kind::kLiteral, "c"});
  EXPECT_EQ(model.tokens[2].kind, Token::Kind::kBytes);
}

TEST(SetToken, NamesWhatCannotBe) {
  EXPECT_EQ(Refusal(2, "d"), "made.json: id 2 belongs to both 'c' and 'd'");
  EXPECT_EQ(Refusal(-1, "d"), "made.json: token 'd' has id -1, allowed are 0 to 8388607");
  EXPECT_EQ(Refusal(kMaxVocabulary, "d"),
            "made.json: token 'd' has id 8388608, allowed are 0 to 8388607");
}

TEST(FindToken, FindsNoAbsentEntry) {
  EXPECT_EQ(FindToken(Model(), "c"), 2);
  EXPECT_EQ(FindToken(Model(), "d"), std::nullopt);
  EXPECT_EQ(FindToken(Model(), ""), std::nullopt);  // as which absent entries stand there
}

}  // namespace
}  // namespace saelaw
