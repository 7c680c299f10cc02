#include "tokens/byte_pair_encoder.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Ids = std::vector<std::int32_t>;

// The texts are the tokens, in the order of their ids.
TokenizerModel Model(const std::vector<std::string>& texts,
                     std::vector<std::pair<std::string, std::string>> merges) {
  TokenizerModel model;
  model.path = "made.json";
  for (const std::string& text : texts) model.tokens.push_back({Token::Kind::kBytes, text});
  model.merges = std::move(merges);
  return model;
}

TokenizerModel Abc() { return Model({"a", "b", "c", "ab", "abc"}, {{"a", "b"}, {"ab", "c"}}); }

Ids Encode(const TokenizerModel& model, std::string_view piece) {
  Ids ids;
  BytePairEncoder(model).Encode(piece, ids);
  return ids;
}

TEST(BytePairEncoder, MergesInOrderOfRank) {
  EXPECT_THAT(Encode(Abc(), "abc"), ElementsAre(4));
  EXPECT_THAT(Encode(Abc(), "aabbc"), ElementsAre(0, 3, 1, 2));
  EXPECT_THAT(Encode(Abc(), ""), IsEmpty());
  // b+c comes first here, and then nothing joins a and bc.
  EXPECT_THAT(Encode(Model({"a", "b", "c", "ab", "bc"}, {{"b", "c"}, {"a", "b"}}), "abc"),
              ElementsAre(0, 4));
}

TEST(BytePairEncoder, AppendsToWhatIsThere) {
  Ids ids = {7};
  BytePairEncoder(Abc()).Encode("ab", ids);
  EXPECT_THAT(ids, ElementsAre(7, 3));
}

// Pieces of 65 bytes and more are merged with a heap, shorter ones by scanning.
TEST(BytePairEncoder, EqualMergesGoFromTheLeftInShortAndLongPieces) {
  const TokenizerModel model = Model({"a", "aa"}, {{"a", "a"}});
  for (const int pairs : {2, 31, 32, 33, 500}) {
    Ids expected(static_cast<std::size_t>(pairs), 1);
    expected.push_back(0);
    EXPECT_EQ(Encode(model, std::string(static_cast<std::size_t>(2 * pairs + 1), 'a')), expected);
  }
}

// The same piece by both ways: cut behind `abc`, where no merge reaches across.
TEST(BytePairEncoder, LongPiecesAreMergedAsShortOnesAre) {
  const std::string unit = "abcbabcaab";
  std::string piece;
  Ids expected;
  for (int i = 0; i < 20; ++i) {
    piece += unit;
    const Ids ids = Encode(Abc(), unit);
    expected.insert(expected.end(), ids.begin(), ids.end());
  }
  EXPECT_EQ(Encode(Abc(), piece), expected);
}

TEST(BytePairEncoder, BytesWithoutATokenAreLeftOutOrUnknown) {
  TokenizerModel model = Abc();
  EXPECT_THAT(Encode(model, "axb"), ElementsAre(3));  // as the library `tokenizers` does
  model.unknown = 2;
  EXPECT_THAT(Encode(model, "axyb"), ElementsAre(0, 2, 2, 1));
  model.fuse_unknown = true;
  EXPECT_THAT(Encode(model, "axybx"), ElementsAre(0, 2, 1, 2));
}

TEST(BytePairEncoder, AWholePieceGoesBeforeMergesOnlyWhereTheModelSaysSo) {
  TokenizerModel model = Abc();
  model.tokens.push_back({Token::Kind::kBytes, "bca"});
  EXPECT_THAT(Encode(model, "bca"), ElementsAre(1, 2, 0));
  model.ignore_merges = true;
  EXPECT_THAT(Encode(model, "bca"), ElementsAre(5));
  EXPECT_THAT(Encode(model, "bcab"), ElementsAre(1, 2, 3));
}

TEST(BytePairEncoder, NamesTheMergeWhoseTokenIsMissing) {
  TokenizerModel model = Abc();
  model.merges.emplace_back("c", "z");
  try {
    const BytePairEncoder encoder(model);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kIo);
    EXPECT_THAT(error.what(), HasSubstr("made.json: merge 2 needs the token 'z', which the"));
  }
}

// Tokens that no text becomes (added ones) change no ids, and so no identity.
TEST(BytePairEncoder, IdentityIsOfWhatDeterminesIds) {
  const std::string identity = BytePairEncoder(Abc()).Identity();
  TokenizerModel model = Abc();
  model.tokens.push_back({Token::Kind::kLiteral, "<end>"});
  EXPECT_EQ(BytePairEncoder(model).Identity(), identity);
  model.merges.pop_back();
  EXPECT_NE(BytePairEncoder(model).Identity(), identity);
  model = Abc();
  model.unknown = 0;
  EXPECT_NE(BytePairEncoder(model).Identity(), identity);
}

}  // namespace
}  // namespace saelaw
