#include "tokens/split.h"

#include <numeric>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"

namespace saelaw {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Le;

// `count` documents of `contexts` contexts of 255 usable tokens each.
std::vector<DocumentSize> Equal(int count, std::int64_t contexts, const std::string& seed = "") {
  std::vector<DocumentSize> documents;
  for (int i = 0; i < count; ++i) {
    documents.push_back({HashBytes(fmt::format("{};{}", i, seed)), contexts, 255 * contexts});
  }
  return documents;
}

std::int64_t Sum(const std::vector<std::int64_t>& values) {
  return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

std::int64_t TokensOf(const std::vector<DocumentSize>& documents, const Split& split) {
  std::int64_t tokens = 0;
  for (const std::size_t i : split.held_out) tokens += documents[i].tokens;
  return tokens;
}

// The case that led to the rule: one document of a thousand contexts came first in the order of
// hashes and was all of the held-out set.
TEST(SplitDocuments, NoDocumentCarriesTheSet) {
  std::vector<DocumentSize> documents = Equal(600, 10);
  documents[17].contexts = 1000;
  documents[17].tokens = 255'000;  // 14 % of the text
  documents[17].hash = "0";        // the first of all
  const Split split = SplitDocuments(documents, {8192, 64, 255});
  EXPECT_EQ(split.held_out.size(), 64u);
  EXPECT_FALSE(std::set(split.held_out.begin(), split.held_out.end()).contains(17));
  EXPECT_THAT(split.measured, Each(1));  // 64 contexts hold more than 8,192 tokens
  EXPECT_FALSE(split.has_large);
}

TEST(SplitDocuments, HoldsOutDocumentsShareAndTokens) {
  // 64 documents are enough of everything.
  EXPECT_EQ(SplitDocuments(Equal(400, 8), {8192, 64, 255}).held_out.size(), 64u);
  // 2 % of the text.
  const std::vector<DocumentSize> many = Equal(10'000, 8);
  EXPECT_EQ(SplitDocuments(many, {8192, 64, 255}).held_out.size(), 200u);
  // The tokens: 128Ki are 515 contexts, of 65 documents of 8.
  EXPECT_EQ(SplitDocuments(Equal(400, 8), {131'072, 64, 255}).held_out.size(), 65u);
  // A fifth of few documents at most.
  EXPECT_EQ(SplitDocuments(Equal(100, 8), {1024, 64, 255}).held_out.size(), 20u);
}

TEST(SplitDocuments, MeasuresAFewContextsOfEach) {
  const Split split = SplitDocuments(Equal(400, 8), {32'768, 64, 255});
  EXPECT_THAT(split.measured, Each(::testing::AllOf(Ge(2), Le(3))));
  EXPECT_EQ(Sum(split.measured), 129);  // 128.5 contexts of 255
  // Of more documents than contexts one each, of the first ones.
  const Split wide = SplitDocuments(Equal(10'000, 8), {8192, 64, 255});
  EXPECT_EQ(Sum(wide.measured), 64);
  EXPECT_THAT(wide.measured, Each(Le(1)));
}

TEST(SplitDocuments, CountsUsableTokensNotContexts) {
  std::vector<DocumentSize> documents = Equal(400, 8);
  for (DocumentSize& document : documents) document.tokens /= 5;  // short ones
  const Split split = SplitDocuments(documents, {8192, 64, 255});
  double tokens = 0;
  for (std::size_t k = 0; k < split.held_out.size(); ++k) {
    tokens += 51.0 * static_cast<double>(split.measured[k]);
  }
  EXPECT_GE(tokens, 8192);
  EXPECT_GE(TokensOf(documents, split), 8192);
}

TEST(SplitDocuments, TakesLargeOnesWhereThereIsNoOtherWayTheSmallestFirst) {
  std::vector<DocumentSize> documents = Equal(4, 8);
  documents[2].contexts = 6;
  documents[2].tokens = 6 * 255;
  const Split split = SplitDocuments(documents, {1024, 64, 255});
  EXPECT_THAT(split.held_out, ElementsAre(2));
  EXPECT_THAT(split.measured, ElementsAre(5));
  EXPECT_TRUE(split.has_large);
}

TEST(SplitDocuments, EqualDocumentsGoTogether) {
  std::vector<DocumentSize> documents = Equal(400, 8);
  for (std::size_t i = 0; i < documents.size(); ++i) documents[i].hash = documents[i / 4 * 4].hash;
  const Split split = SplitDocuments(documents, {8192, 62, 255});
  EXPECT_EQ(split.held_out.size(), 64u);
}

TEST(SplitDocuments, WithoutTokensHoldsOutNothing) {
  EXPECT_TRUE(SplitDocuments(Equal(4, 8), {0, 64, 255}).held_out.empty());
}

TEST(SplitDocuments, AnotherHashIsAnotherSplit) {
  const SplitRules rules{8192, 64, 255};
  EXPECT_NE(SplitDocuments(Equal(400, 8, "a"), rules).held_out,
            SplitDocuments(Equal(400, 8, "b"), rules).held_out);
}

TEST(ShareEqually, FillsUpWhatThereIs) {
  EXPECT_THAT(ShareEqually({1, 5, 2, 9}, 9), ElementsAre(1, 3, 2, 3));
  EXPECT_THAT(ShareEqually({1, 5, 2, 9}, 6), ElementsAre(1, 2, 2, 1));
  EXPECT_THAT(ShareEqually({1, 5}, 7), ElementsAre(1, 5));
  EXPECT_THAT(ShareEqually({3, 3, 3}, 2), ElementsAre(1, 1, 0));
  EXPECT_THAT(ShareEqually({3, 3, 3}, 0), ElementsAre(0, 0, 0));
}

TEST(SpreadOver, IsEvenAndInside) {
  EXPECT_THAT(SpreadOver(10, 1), ElementsAre(5));
  EXPECT_THAT(SpreadOver(10, 2), ElementsAre(2, 7));
  EXPECT_THAT(SpreadOver(3, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(SpreadOver(7, 3), ElementsAre(1, 3, 5));
}

}  // namespace
}  // namespace saelaw
