#include "tokens/corpus.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "tokens/corpus_testing.h"
#include "tokens/fixtures.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MakeStore;
using Ids = std::vector<std::int32_t>;

// `count` documents of `tokens` tokens each, all different.
TokenStore Numbered(int count, int tokens) {
  std::vector<Ids> documents;
  for (int i = 0; i < count; ++i) documents.emplace_back(tokens, i);
  return MakeStore(documents);
}

Ids TokensOf(const Corpus& corpus, const Context& context) {
  Ids ids(static_cast<std::size_t>(context.tokens));
  corpus.CopyTokens(context, ids);
  return ids;
}

std::set<int> DocumentsOf(const std::vector<Context>& contexts) {
  std::set<int> documents;
  for (const Context& context : contexts) documents.insert(context.document);
  return documents;
}

TEST(Corpus, CutsEachDocumentAndDropsItsTail) {
  const Corpus corpus(MakeStore({{1, 2, 3, 4, 5, 6, 7}, {8, 9}, {10, 11, 12}}), Spec(3, 0), {});
  ASSERT_EQ(corpus.training_contexts().size(), 3u);
  EXPECT_THAT(TokensOf(corpus, corpus.training_contexts()[0]), ElementsAre(1, 2, 3));
  EXPECT_THAT(TokensOf(corpus, corpus.training_contexts()[1]), ElementsAre(4, 5, 6));
  EXPECT_THAT(TokensOf(corpus, corpus.training_contexts()[2]), ElementsAre(10, 11, 12));
  EXPECT_EQ(corpus.usable_training_tokens(), 6);  // the first of each is never used
  EXPECT_THAT(corpus.document_begins(), ElementsAre(0, 7, 9, 12));
}

TEST(Corpus, PutsBosBeforeEachContext) {
  const Corpus corpus(MakeStore({{1, 2, 3, 4, 5}}), Spec(3, 0), 99);
  ASSERT_EQ(corpus.training_contexts().size(), 2u);
  EXPECT_THAT(TokensOf(corpus, corpus.training_contexts()[0]), ElementsAre(99, 1, 2));
  EXPECT_THAT(TokensOf(corpus, corpus.training_contexts()[1]), ElementsAre(99, 3, 4));
}

// An end of 16 tokens or more is a context of its own, a shorter one is dropped, and so is every
// one where that is asked for.
TEST(Corpus, KeepsShortDocumentsAndEndsAsTheyAre) {
  const std::vector<Ids> documents = {Ids(100, 1), Ids(20, 2), Ids(15, 3), Ids(80, 4)};
  const Corpus kept(MakeStore(documents), Spec(40, 0), {});
  std::vector<int> tokens;
  for (const Context& context : kept.training_contexts()) tokens.push_back(context.tokens);
  EXPECT_THAT(tokens, ElementsAre(40, 40, 20, 20, 40, 40));
  EXPECT_EQ(kept.usable_training_tokens(), 4 * 39 + 2 * 19);
  EXPECT_EQ(TokensOf(kept, kept.training_contexts()[2]), Ids(20, 1));
  EXPECT_EQ(kept.summary().dropped_tokens, 15);
  EXPECT_EQ(kept.summary().dropped_documents, 1);
  EXPECT_EQ(kept.summary().short_contexts, 2);

  CorpusSpec whole = Spec(40, 0);
  whole.short_documents = ShortDocuments::kDrop;
  const Corpus dropped(MakeStore(documents), whole, {});
  EXPECT_EQ(dropped.usable_training_tokens(), 4 * 39);
  EXPECT_EQ(dropped.summary().dropped_tokens, 20 + 20 + 15);
  EXPECT_EQ(dropped.summary().dropped_documents, 2);
  EXPECT_NE(dropped.Identity(), kept.Identity());
}

// Their positions are outliers of another kind: what stands there is fed to the model and not used.
TEST(Corpus, NeverUsesSpecialTokens) {
  const Corpus corpus(MakeStore({{1, 2, 7, 3, 9, 4}}), Spec(6, 0), {}, {7, 9});
  const Context& context = corpus.training_contexts().front();
  EXPECT_THAT(TokensOf(corpus, context), ElementsAre(1, 2, 7, 3, 9, 4));
  EXPECT_THAT(corpus.UsablePositions(context), ElementsAre(1, 3, 5));
  EXPECT_EQ(context.usable, 3);
  EXPECT_EQ(corpus.usable_training_tokens(), 3);
  EXPECT_EQ(corpus.summary().special_tokens, 2);

  const Corpus with_bos(MakeStore({{1, 2, 7, 3, 9}}), Spec(6, 0), 99, {7, 9, 99});
  EXPECT_THAT(with_bos.UsablePositions(with_bos.training_contexts().front()), ElementsAre(1, 2, 4));

  CorpusSpec separated = Spec(6, 0);
  separated.document_separator = 4;
  const Corpus ended(MakeStore({{1, 2, 7, 3, 9, 4}}), separated, {});
  EXPECT_THAT(ended.UsablePositions(ended.training_contexts().front()), ElementsAre(1, 2, 3, 4));
}

TEST(Corpus, HoldsOutWholeDocumentsUntilThereIsEnough) {
  CorpusSpec spec = Spec(5, 100);
  spec.held_out_documents = 1;
  const Corpus corpus(Numbered(50, 20), spec, {});     // 16 usable tokens each
  EXPECT_EQ(corpus.usable_held_out_tokens(), 25 * 4);  // 25 contexts of 7 documents
  EXPECT_EQ(corpus.usable_training_tokens(), 43 * 16);
  const std::set<int> training = DocumentsOf(corpus.training_contexts());
  for (const int document : DocumentsOf(corpus.held_out_contexts())) {
    EXPECT_FALSE(training.contains(document));
  }
  EXPECT_EQ(corpus.summary().held_out_documents, 7);
  EXPECT_DOUBLE_EQ(corpus.summary().held_out_share, 7 / 50.0);
}

TEST(Corpus, SampleIsOfAsManyDocumentsAsPossible) {
  const Corpus corpus(Numbered(50, 20), Spec(5, 100), {});  // 10 documents, 2 or 3 contexts each
  const std::set<int> all = DocumentsOf(corpus.held_out_contexts());
  ASSERT_EQ(all.size(), 10u);
  EXPECT_EQ(DocumentsOf(corpus.HeldOutSample(10)), all);
  EXPECT_EQ(corpus.HeldOutSample(10).size(), 10u);
  EXPECT_EQ(DocumentsOf(corpus.HeldOutSample(4)).size(), 4u);
  EXPECT_EQ(corpus.HeldOutSample(1000).size(), corpus.held_out_contexts().size());
}

TEST(Corpus, SplitDependsOnContentAndSeedAlone) {
  std::vector<Ids> documents;
  for (int i = 0; i < 50; ++i) documents.emplace_back(20, i);
  const auto held_out_ids = [&](std::uint64_t seed) {
    CorpusSpec spec = Spec(5, 100);
    spec.split_seed = seed;
    const Corpus corpus(MakeStore(documents), spec, {});
    std::set<int> ids;
    for (const Context& context : corpus.held_out_contexts()) {
      ids.insert(TokensOf(corpus, context)[0]);
    }
    return ids;
  };
  const std::set<int> before = held_out_ids(0);
  EXPECT_NE(held_out_ids(1), before);
  std::reverse(documents.begin(), documents.end());
  EXPECT_EQ(held_out_ids(0), before);
}

TEST(Corpus, EqualDocumentsAreOnTheSameSide) {
  std::vector<Ids> documents;
  for (int i = 0; i < 60; ++i) documents.emplace_back(20, i % 20);  // each three times
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CorpusSpec spec = Spec(5, 70);
    spec.split_seed = seed;
    spec.held_out_documents = 1;
    const Corpus corpus(MakeStore(documents), spec, {});
    std::set<int> kinds, training;
    for (const int document : DocumentsOf(corpus.held_out_contexts())) kinds.insert(document % 20);
    for (const int document : DocumentsOf(corpus.training_contexts()))
      training.insert(document % 20);
    EXPECT_EQ(kinds.size(), 2u);
    EXPECT_EQ(training.size(), 18u);
  }
}

TEST(Corpus, SaysHowMuchTextIsMissing) {
  const auto little = [] { Corpus(Numbered(2, 20), Spec(5, 100), {}); };
  EXPECT_THAT(MakeMessage(little), HasSubstr("has 32 usable tokens in contexts of 5, but 100"));
  const auto one = [] { Corpus(Numbered(1, 500), Spec(5, 10), {}); };
  EXPECT_THAT(MakeMessage(one), HasSubstr("takes all 1 documents"));
  const auto none = [] { Corpus(TokenStore(), Spec(5, 0), {}); };
  EXPECT_THAT(MakeMessage(none), HasSubstr("has 0 usable tokens"));
  EXPECT_THROW(Corpus(Numbered(2, 20), Spec(1, 0), {}), Error);
  EXPECT_THROW(Corpus(Numbered(2, 20), Spec(5, -1), {}), Error);
}

TEST(Corpus, IdentityIsOfIdsDocumentsContextsAndSplit) {
  const auto identity = [](const std::vector<Ids>& documents,
                           const CorpusSpec& spec,
                           std::optional<std::int32_t> bos) {
    return Corpus(MakeStore(documents), spec, bos).Identity();
  };
  const std::vector<Ids> documents = {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10}};
  const std::string base = identity(documents, Spec(3, 0), {});
  EXPECT_EQ(identity(documents, Spec(3, 0), {}), base);
  CorpusSpec seeded = Spec(3, 0);
  seeded.split_seed = 1;
  const std::set<std::string> others = {
      base,
      identity({{1, 2, 3, 4, 5, 6}, {7, 8, 9, 11}}, Spec(3, 0), {}),
      identity({{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}}, Spec(3, 0), {}),
      identity(documents, Spec(4, 0), {}),
      identity(documents, Spec(3, 1), {}),
      identity(documents, Spec(3, 0), 0),
      identity(documents, seeded, {})};
  EXPECT_EQ(others.size(), 7u);
}

}  // namespace
}  // namespace saelaw
