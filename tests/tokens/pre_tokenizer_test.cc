#include "tokens/pre_tokenizer.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Split(Pattern pattern, std::string_view text) {
  const PreTokenizer pre_tokenizer(pattern);
  Pieces pieces(pre_tokenizer, text);
  std::vector<std::string> all;
  while (const auto piece = pieces.Next()) all.emplace_back(*piece);
  return all;
}

// By hand from the patterns; the vectors of tokenizer_test.cc compare them with `tokenizers`.
TEST(PreTokenizer, Gpt2LeavesOneSpaceToTheNextWord) {
  EXPECT_THAT(Split(Pattern::kGpt2, "it's  123 x\n\n y "),
              ElementsAre("it", "'s", " ", " 123", " x", "\n\n", " y", " "));
}

TEST(PreTokenizer, SmolLmTakesEveryDigitAlone) {
  EXPECT_THAT(Split(Pattern::kSmolLm, "a 12\n\n  7"),
              ElementsAre("a", " ", "1", "2", "\n\n  ", "7"));
}

TEST(PreTokenizer, Llama3GroupsThreeDigitsAndNewlines) {
  EXPECT_THAT(Split(Pattern::kLlama3, "I'LL 12345 (x)\n\n\n  y"),
              ElementsAre("I", "'LL", " ", "123", "45", " (", "x", ")\n\n\n", " ", " y"));
}

TEST(PreTokenizer, MongolianVowelSeparatorIsNoSpace) {
  EXPECT_THAT(Split(Pattern::kGpt2, "a\u180E b\u3000c"),
              ElementsAre("a", "\u180E", " b", "\u3000", "c"));
}

TEST(PreTokenizer, EmptyTextHasNoPieces) { EXPECT_THAT(Split(Pattern::kGpt2, ""), ElementsAre()); }

TEST(PreTokenizer, LongRunsAreOnePiece) {
  for (const Pattern pattern : {Pattern::kGpt2, Pattern::kSmolLm, Pattern::kLlama3}) {
    for (const char* unit : {"a", " ", "\n", "=", " \n"}) {
      std::string text;
      while (text.size() < 1'000'000) text += unit;
      EXPECT_THAT(Split(pattern, text), ElementsAre(text)) << PatternName(pattern) << unit;
    }
  }
}

TEST(PreTokenizer, KnowsTheNamesOfGguf) {
  EXPECT_EQ(FindGgufPattern("llama-bpe"), Pattern::kLlama3);
  EXPECT_EQ(FindGgufPattern("smollm"), Pattern::kSmolLm);
  EXPECT_EQ(FindGgufPattern("deepseek-llm"), std::nullopt);
  EXPECT_EQ(SupportedPatterns(), "gpt-2, smollm, llama-3");
}

}  // namespace
}  // namespace saelaw
