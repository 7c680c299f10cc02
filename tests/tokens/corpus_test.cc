#include "tokens/corpus.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "tokens/fixtures.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kData;
using testing::TemporaryFolder;
using Ids = std::vector<std::int32_t>;

const Tokenizer& SmallTokenizer() {
  static const Tokenizer tokenizer = Tokenizer::Load(kData / "smollm_made.gguf");
  return tokenizer;
}

// Documents given as ids, no files.
TokenStore StoreOf(const std::vector<Ids>& documents) {
  TokenStore store;
  for (const Ids& document : documents) {
    store.filling().insert(store.filling().end(), document.begin(), document.end());
    store.EndDocument();
  }
  return store;
}

// `count` documents of `tokens` tokens each, all different.
TokenStore Numbered(int count, int tokens) {
  std::vector<Ids> documents;
  for (int i = 0; i < count; ++i) documents.emplace_back(tokens, i);
  return StoreOf(documents);
}

CorpusSpec Spec(int context_tokens, std::int64_t held_out_tokens) {
  CorpusSpec spec;
  spec.context_tokens = context_tokens;
  spec.held_out_tokens = held_out_tokens;
  return spec;
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

template <typename Action>
std::string MessageOf(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Corpus, CutsEachDocumentAndDropsItsTail) {
  const Corpus corpus(StoreOf({{1, 2, 3, 4, 5, 6, 7}, {8, 9}, {10, 11, 12}}), Spec(3, 0), {});
  ASSERT_EQ(corpus.training_contexts().size(), 3u);
  EXPECT_THAT(TokensOf(corpus, corpus.training_contexts()[0]), ElementsAre(1, 2, 3));
  EXPECT_THAT(TokensOf(corpus, corpus.training_contexts()[1]), ElementsAre(4, 5, 6));
  EXPECT_THAT(TokensOf(corpus, corpus.training_contexts()[2]), ElementsAre(10, 11, 12));
  EXPECT_EQ(corpus.usable_training_tokens(), 6);  // the first of each is never used
  EXPECT_THAT(corpus.document_begins(), ElementsAre(0, 7, 9, 12));
}

TEST(Corpus, PutsBosBeforeEachContext) {
  const Corpus corpus(StoreOf({{1, 2, 3, 4, 5}}), Spec(3, 0), 99);
  ASSERT_EQ(corpus.training_contexts().size(), 2u);
  EXPECT_THAT(TokensOf(corpus, corpus.training_contexts()[0]), ElementsAre(99, 1, 2));
  EXPECT_THAT(TokensOf(corpus, corpus.training_contexts()[1]), ElementsAre(99, 3, 4));
}

// An end of 16 tokens or more is a context of its own, a shorter one is dropped, and so is every
// one where that is asked for.
TEST(Corpus, KeepsShortDocumentsAndEndsAsTheyAre) {
  const std::vector<Ids> documents = {Ids(100, 1), Ids(20, 2), Ids(15, 3), Ids(80, 4)};
  const Corpus kept(StoreOf(documents), Spec(40, 0), {});
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
  const Corpus dropped(StoreOf(documents), whole, {});
  EXPECT_EQ(dropped.usable_training_tokens(), 4 * 39);
  EXPECT_EQ(dropped.summary().dropped_tokens, 20 + 20 + 15);
  EXPECT_EQ(dropped.summary().dropped_documents, 2);
  EXPECT_NE(dropped.Identity(), kept.Identity());
}

// Their positions are outliers of another kind: what stands there is fed to the model and not used.
TEST(Corpus, NeverUsesSpecialTokens) {
  const Corpus corpus(StoreOf({{1, 2, 7, 3, 9, 4}}), Spec(6, 0), {}, {7, 9});
  const Context& context = corpus.training_contexts().front();
  EXPECT_THAT(TokensOf(corpus, context), ElementsAre(1, 2, 7, 3, 9, 4));
  EXPECT_THAT(corpus.UsablePositions(context), ElementsAre(1, 3, 5));
  EXPECT_EQ(context.usable, 3);
  EXPECT_EQ(corpus.usable_training_tokens(), 3);
  EXPECT_EQ(corpus.summary().special_tokens, 2);

  const Corpus with_bos(StoreOf({{1, 2, 7, 3, 9}}), Spec(6, 0), 99, {7, 9, 99});
  EXPECT_THAT(with_bos.UsablePositions(with_bos.training_contexts().front()), ElementsAre(1, 2, 4));

  CorpusSpec separated = Spec(6, 0);
  separated.document_separator = 4;
  const Corpus ended(StoreOf({{1, 2, 7, 3, 9, 4}}), separated, {});
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
    const Corpus corpus(StoreOf(documents), spec, {});
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
    const Corpus corpus(StoreOf(documents), spec, {});
    std::set<int> kinds, training;
    for (const int document : DocumentsOf(corpus.held_out_contexts())) kinds.insert(document % 20);
    for (const int document : DocumentsOf(corpus.training_contexts()))
      training.insert(document % 20);
    EXPECT_EQ(kinds.size(), 2u);
    EXPECT_EQ(training.size(), 18u);
  }
}

TEST(LinesOf, SayWhatIsUsedHeldOutAndDropped) {
  CorpusSpec spec = Spec(40, 100);
  std::vector<Ids> documents(60, Ids(100, 1));
  for (int i = 0; i < 60; ++i) documents[i][0] = i;
  documents.emplace_back(10, 3);
  const Corpus corpus(StoreOf(documents), spec, {}, {2});
  const std::vector<std::string> lines = LinesOf(corpus.summary(), spec);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[0], HasSubstr("text: 61 documents, 6.01K tokens; "));
  EXPECT_THAT(lines[1], HasSubstr("held out: 12 documents (20.0 % of the text)"));
  EXPECT_THAT(lines[2],
              HasSubstr("dropped: 10 tokens in documents or ends of them shorter than 16 tokens "
                        "(1 document gave no context)"));
  EXPECT_THAT(lines[3], HasSubstr("warning: held-out losses rest on 12 documents"));
}

TEST(Corpus, SaysHowMuchTextIsMissing) {
  const auto little = [] { Corpus(Numbered(2, 20), Spec(5, 100), {}); };
  EXPECT_THAT(MessageOf(little), HasSubstr("has 32 usable tokens in contexts of 5, but 100"));
  const auto one = [] { Corpus(Numbered(1, 500), Spec(5, 10), {}); };
  EXPECT_THAT(MessageOf(one), HasSubstr("takes all 1 documents"));
  const auto none = [] { Corpus(TokenStore(), Spec(5, 0), {}); };
  EXPECT_THAT(MessageOf(none), HasSubstr("has 0 usable tokens"));
  EXPECT_THROW(Corpus(Numbered(2, 20), Spec(1, 0), {}), Error);
  EXPECT_THROW(Corpus(Numbered(2, 20), Spec(5, -1), {}), Error);
}

TEST(Corpus, IdentityIsOfIdsDocumentsContextsAndSplit) {
  const auto identity = [](const std::vector<Ids>& documents,
                           const CorpusSpec& spec,
                           std::optional<std::int32_t> bos) {
    return Corpus(StoreOf(documents), spec, bos).Identity();
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

TEST(LoadCorpus, ReadsTextInTheOrderOfNames) {
  const TemporaryFolder folder;
  folder.Write("b.txt", "second");
  folder.Write("a/z.md", "first");
  folder.Write("c.jsonl", "{\"text\": \"third\"}\n\n{\"text\": \"fourth\", \"id\": 4}\n");
  folder.Write("image.png", "no text");
  CorpusSpec spec = Spec(2, 0);
  spec.text = {folder.path().string()};
  const Corpus corpus = LoadCorpus(spec, SmallTokenizer(), "");
  EXPECT_EQ(SmallTokenizer().Decode(corpus.ids()), "firstsecondthirdfourth");
  EXPECT_EQ(corpus.document_begins().size(), 5u);
}

TEST(LoadCorpus, ReadsTokenFiles) {
  const TemporaryFolder folder;
  const std::string path = folder.Write("t.bin", {"\1\0\2\0\7\0\3\0\4\0\7\0\5\0\6\0", 16}).string();
  CorpusSpec spec = Spec(2, 0);
  spec.token_files = {path};
  spec.token_dtype = "u16";
  spec.document_separator = 7;
  const Corpus corpus = LoadCorpus(spec, SmallTokenizer(), "");
  EXPECT_THAT(corpus.ids(), ElementsAre(1, 2, 7, 3, 4, 7, 5, 6));
  EXPECT_THAT(corpus.document_begins(), ElementsAre(0, 3, 6, 8));
  spec.document_separator = SmallTokenizer().vocabulary();
  EXPECT_THAT(MessageOf([&] { LoadCorpus(spec, SmallTokenizer(), ""); }),
              HasSubstr("document_separator is"));
  spec.document_separator = 7;
  spec.token_dtype = "";
  EXPECT_THAT(MessageOf([&] { LoadCorpus(spec, SmallTokenizer(), ""); }), HasSubstr("u16 or u32"));
}

TEST(LoadCorpus, CutsUndividedTokenFilesIntoBlocks) {
  const TemporaryFolder folder;
  std::string ids;
  for (int i = 0; i < 40; ++i) ids += std::string("\x64\0\0\0", 4);  // of a token that is text
  CorpusSpec spec = Spec(2, 0);
  spec.token_files = {folder.Write("t.bin", ids).string()};
  spec.token_dtype = "u32";
  const Corpus corpus = LoadCorpus(spec, SmallTokenizer(), "");
  EXPECT_THAT(corpus.document_begins(), ElementsAre(0, 32, 40));
}

TEST(LoadCorpus, TheCacheChangesNothingAndDamageIsMended) {
  const TemporaryFolder folder;
  const TemporaryFolder cache;
  const std::string text = ReadFile(kData / "smollm2_vectors.json") + "\xC3\xA9\xFF ";
  for (int i = 0; i < 5; ++i) folder.Write(fmt::format("{}.txt", i), text.substr(i));
  CorpusSpec spec = Spec(16, 100);
  spec.text = {folder.path().string() + "/*.txt"};
  const Corpus made = LoadCorpus(spec, SmallTokenizer(), cache.path());
  EXPECT_EQ(made.reading().counts.replaced, 5);
  const std::filesystem::path file = std::filesystem::directory_iterator(cache.path())->path();
  const std::string content = ReadFile(file);
  for (const std::string& damaged : {content,
                                     std::string(),
                                     content.substr(0, 60),
                                     content.substr(0, content.size() - 4),
                                     content.substr(0, content.size() - 1) + "x",
                                     "x" + content.substr(1)}) {
    WriteFile(file, damaged);
    const Corpus read = LoadCorpus(spec, SmallTokenizer(), cache.path());
    EXPECT_EQ(read.Identity(), made.Identity());
    EXPECT_EQ(read.reading().counts.replaced, 5);
    EXPECT_EQ(ReadFile(file), content);
  }
}

// A cached corpus says the same of its reading as a fresh one.
TEST(LoadCorpus, TheCacheKeepsWhatWasSkippedAndReplaced) {
  const TemporaryFolder folder;
  const TemporaryFolder cache;
  folder.Write("a.jsonl", "{\"text\": null}\n{\"text\": \"half \\ud83d of a pair\"}\n");
  folder.Write("b.txt", "\xC3\xA9t\xC3\xA9 and\xFF");
  folder.Write("c.csv", "1,2");
  CorpusSpec spec = Spec(2, 0);
  spec.text = {folder.path().string()};
  const std::string path = folder.path().string();
  for (int i = 0; i < 2; ++i) {
    const Corpus corpus = LoadCorpus(spec, SmallTokenizer(), cache.path());
    EXPECT_THAT(
        ReadingNotes(corpus.reading()),
        ElementsAre("text: 2 documents in 2 files",
                    "text: 1 empty document skipped",
                    "text: 1 ill-formed character and 1 lone surrogate read as U+FFFD: " + path +
                        "/a.jsonl (1), " + path + "/b.txt (1)",
                    "text: 1 file in the folders not read (only .txt, .rst, .md, .html, .jsonl, "
                    ".ndjson and .json with text are): " +
                        path + "/c.csv"));
  }
}

TEST(LoadCorpus, TheKeyOfTheTextIsPartOfWhatIsCached) {
  const TemporaryFolder folder;
  const TemporaryFolder cache;
  CorpusSpec spec = Spec(2, 0);
  spec.text = {folder.Write("a.jsonl", R"({"text": "one text", "content": "another"})").string()};
  EXPECT_EQ(SmallTokenizer().Decode(LoadCorpus(spec, SmallTokenizer(), cache.path()).ids()),
            "one text");
  spec.text_key = "content";
  EXPECT_EQ(SmallTokenizer().Decode(LoadCorpus(spec, SmallTokenizer(), cache.path()).ids()),
            "another");
}

TEST(LoadCorpus, TheCacheFollowsContentAndTokenizer) {
  const TemporaryFolder folder;
  const TemporaryFolder cache;
  CorpusSpec spec = Spec(2, 0);
  spec.text = {folder.Write("a.txt", "some text").string()};
  LoadCorpus(spec, SmallTokenizer(), cache.path());
  folder.Write("a.txt", "other text");
  EXPECT_EQ(SmallTokenizer().Decode(LoadCorpus(spec, SmallTokenizer(), cache.path()).ids()),
            "other text");
  const Tokenizer other = Tokenizer::Load(kData / "llama3_made");
  EXPECT_EQ(other.Decode(LoadCorpus(spec, other, cache.path()).ids()), "other text");
}

TEST(LoadCorpus, AFolderThatCannotBeWrittenIsDoneWithout) {
  const TemporaryFolder folder;
  CorpusSpec spec = Spec(2, 0);
  spec.text = {folder.Write("a.txt", "some text").string()};
  EXPECT_GT(LoadCorpus(spec, SmallTokenizer(), folder.path() / "a.txt/cache").ids().size(), 0u);
}

TEST(LoadCorpus, NamesWhatIsWrong) {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& name) {
    CorpusSpec spec = Spec(2, 0);
    spec.text = {name};
    return MessageOf([&] { LoadCorpus(spec, SmallTokenizer(), ""); });
  };
  EXPECT_THAT(message("/nonexistent/*.txt"),
              HasSubstr("no text file matches '/nonexistent/*.txt'"));
  EXPECT_THAT(message(folder.Write("a.gz", "x").string()), HasSubstr("unpack"));
  EXPECT_THAT(message(folder.Write("b.jsonl", "{\"text\": \"x\"}\n{\"txt\": 1}\n").string()),
              HasSubstr("b.jsonl:2: has no key 'text'; its keys are 'txt'"));
  EXPECT_THAT(message(folder.Write("empty.txt", "").string()), HasSubstr("0 usable tokens"));
  EXPECT_THAT(MessageOf([] { LoadCorpus(CorpusSpec(), SmallTokenizer(), ""); }),
              HasSubstr("neither text nor token_files"));
}

TEST(LoadCorpus, RefusesIdsThatTheModelDoesNotHave) {
  const TemporaryFolder folder;
  CorpusSpec spec = Spec(2, 0);
  spec.token_files = {folder.Write("t.bin", "\xFF\xFF\xFF\xFF").string()};
  spec.token_dtype = "u32";
  EXPECT_THAT(MessageOf([&] { LoadCorpus(spec, SmallTokenizer(), ""); }),
              HasSubstr("token 0 has id 4294967295"));
}

}  // namespace
}  // namespace saelaw
