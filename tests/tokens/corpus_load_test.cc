// Corpora read from files, with and without a cache.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/files.h"
#include "tokens/corpus.h"
#include "tokens/corpus_testing.h"
#include "tokens/fixtures.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kData;

const Tokenizer& SmallTokenizer() {
  static const Tokenizer tokenizer = Tokenizer::Load(kData / "smollm_made.gguf");
  return tokenizer;
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
  EXPECT_THAT(MakeMessage([&] { LoadCorpus(spec, SmallTokenizer(), ""); }),
              HasSubstr("document_separator is"));
  spec.document_separator = 7;
  spec.token_dtype = "";
  EXPECT_THAT(MakeMessage([&] { LoadCorpus(spec, SmallTokenizer(), ""); }),
              HasSubstr("u16 or u32"));
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
    return MakeMessage([&] { LoadCorpus(spec, SmallTokenizer(), ""); });
  };
  EXPECT_THAT(message("/nonexistent/*.txt"),
              HasSubstr("no text file matches '/nonexistent/*.txt'"));
  EXPECT_THAT(message(folder.Write("a.gz", "x").string()), HasSubstr("unpack"));
  EXPECT_THAT(message(folder.Write("b.jsonl", "{\"text\": \"x\"}\n{\"txt\": 1}\n").string()),
              HasSubstr("b.jsonl:2: has no key 'text'; its keys are 'txt'"));
  EXPECT_THAT(message(folder.Write("empty.txt", "").string()), HasSubstr("0 usable tokens"));
  EXPECT_THAT(MakeMessage([] { LoadCorpus(CorpusSpec(), SmallTokenizer(), ""); }),
              HasSubstr("neither text nor token_files"));
}

TEST(LoadCorpus, RefusesIdsThatTheModelDoesNotHave) {
  const TemporaryFolder folder;
  CorpusSpec spec = Spec(2, 0);
  spec.token_files = {folder.Write("t.bin", "\xFF\xFF\xFF\xFF").string()};
  spec.token_dtype = "u32";
  EXPECT_THAT(MakeMessage([&] { LoadCorpus(spec, SmallTokenizer(), ""); }),
              HasSubstr("token 0 has id 4294967295"));
}

}  // namespace
}  // namespace saelaw
