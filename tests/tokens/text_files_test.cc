#include "tokens/text_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "tokens/fixtures.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The paths relative to the folder.
std::vector<std::string> Found(const TemporaryFolder& folder, const std::string& pattern) {
  std::vector<std::string> names;
  for (const fs::path& file : FindTextFiles({(folder.path() / pattern).string()})) {
    names.push_back(file.lexically_relative(folder.path()).string());
  }
  return names;
}

std::string RefusalOf(const TemporaryFolder& folder, const std::string& pattern) {
  try {
    Found(folder, pattern);
  } catch (const Error& error) {
    return error.what();
  }
  return "found";
}

// As Python's glob(recursive=True) finds them.
TEST(FindText, TwoStarsStandForAnyNumberOfFolders) {
  const TemporaryFolder folder;
  for (const char* name : {"d/1.txt",
                           "d/a/2.txt",
                           "d/a/b/3.txt",
                           "d/a/b/c/4.txt",
                           "d/a/n.md",
                           "d/.hidden/5.txt",
                           "d/a/.6.txt",
                           "e/7.txt"}) {
    folder.Write(name, "x");
  }
  EXPECT_THAT(Found(folder, "d/**/*.txt"),
              ElementsAre("d/1.txt", "d/a/2.txt", "d/a/b/3.txt", "d/a/b/c/4.txt"));
  EXPECT_THAT(Found(folder, "d/**/**/?.txt"),
              ElementsAre("d/1.txt", "d/a/2.txt", "d/a/b/3.txt", "d/a/b/c/4.txt"));
  EXPECT_THAT(Found(folder, "d/**/b/*.txt"), ElementsAre("d/a/b/3.txt"));
  EXPECT_THAT(Found(folder, "d/**/b/**/*.txt"), ElementsAre("d/a/b/3.txt", "d/a/b/c/4.txt"));
  EXPECT_THAT(Found(folder, "[de]/**/[17].txt"), ElementsAre("d/1.txt", "e/7.txt"));
  EXPECT_THAT(Found(folder, "d/a/**"),
              ElementsAre("d/a/2.txt", "d/a/b/3.txt", "d/a/b/c/4.txt", "d/a/n.md"));
  EXPECT_THAT(Found(folder, "d/*.txt"), ElementsAre("d/1.txt"));
  EXPECT_THAT(Found(folder, "d/.hidden/*.txt"), ElementsAre("d/.hidden/5.txt"));
  EXPECT_THAT(Found(folder, "d"),
              ElementsAre("d/1.txt", "d/a/2.txt", "d/a/b/3.txt", "d/a/b/c/4.txt", "d/a/n.md"));
  EXPECT_THAT(RefusalOf(folder, "d/**.txt"), HasSubstr("whole part of the path"));
  EXPECT_THAT(RefusalOf(folder, "d/**/*.rst"), HasSubstr("no text file matches"));
}

TEST(FindText, NamesMayHoldWhatPatternsAreMadeOf) {
  const TemporaryFolder folder;
  folder.Write("d/[1]/a*b/x.txt", "x");
  folder.Write("d/new\nline/y.txt", "x");
  EXPECT_THAT(Found(folder, "d/**/*.txt"), ElementsAre("d/[1]/a*b/x.txt", "d/new\nline/y.txt"));
  EXPECT_THAT(Found(folder, "d/[1]/a*b/x.txt"), ElementsAre("d/[1]/a*b/x.txt"));
  EXPECT_THAT(Found(folder, "d/[1]/a*b/*.txt"), ElementsAre("d/[1]/a*b/x.txt"));
}

TEST(FindText, LinksAreFollowedButNotInCircles) {
  const TemporaryFolder folder;
  folder.Write("d/a/1.txt", "x");
  folder.Write("elsewhere/2.txt", "y");
  fs::create_directory_symlink(folder.path() / "d", folder.path() / "d/a/circle");
  fs::create_directory_symlink(folder.path() / "elsewhere", folder.path() / "d/link");
  EXPECT_THAT(Found(folder, "d"), ElementsAre("d/a/1.txt", "d/link/2.txt"));
  EXPECT_THAT(Found(folder, "d/**/*.txt"), ElementsAre("d/a/1.txt", "d/link/2.txt"));
  fs::create_symlink("nowhere", folder.path() / "d/3.txt");
  EXPECT_THAT(RefusalOf(folder, "d"), HasSubstr("3.txt: is a link that leads nowhere"));
  EXPECT_THAT(RefusalOf(folder, "d/*.txt"), HasSubstr("leads nowhere"));
}

TEST(FindText, AFoldersJsonIsReadWhereItHoldsText) {
  const TemporaryFolder folder;
  folder.Write("info.json", "{\"version\": 1}");
  folder.Write("lines.json", "{\"text\": \"x\"}\n{\"text\": \"y\"}\n");
  folder.Write("list.json", "[\"x\"]");
  folder.Write("part.ndjson", "");
  folder.Write("table.csv", "");
  const FoundText found = FindText({folder.path().string()});
  EXPECT_THAT(found.files,
              ElementsAre(folder.path() / "lines.json",
                          folder.path() / "list.json",
                          folder.path() / "part.ndjson"));
  EXPECT_THAT(found.passed_over,
              ElementsAre(folder.path() / "info.json", folder.path() / "table.csv"));
  EXPECT_THAT(
      FindText({folder.path().string()}, "version").files,
      ElementsAre(
          folder.path() / "info.json", folder.path() / "list.json", folder.path() / "part.ndjson"));
}

TEST(FindText, SaysWhatAFolderHoldsInstead) {
  const TemporaryFolder folder;
  folder.Write("d/table.csv", "");
  EXPECT_THAT(RefusalOf(folder, "d"), AllOf(HasSubstr("1 other files"), HasSubstr("table.csv")));
  // The files' keys are told when they are read.
  folder.Write("e/a.json", "{\"content\": \"x\"}\n{\"content\": \"y\"}\n");
  EXPECT_THAT(Found(folder, "e"), ElementsAre("e/a.json"));
  EXPECT_THAT(RefusalOf(folder, "{d,e}/*"), HasSubstr("braces"));
}

struct Documents {
  std::vector<std::string> texts;
  FileReading reading;
};

Documents Read(const fs::path& file) {
  Documents read;
  read.reading =
      ForEachDocument(file, "text", [&](std::string_view t) { read.texts.emplace_back(t); });
  return read;
}

TEST(ForEachDocument, ReadsJsonByNameAndByContent) {
  const TemporaryFolder folder;
  const std::string lines = "{\"text\": \"a\", \"url\": \"u\"}\n{\"text\": \"b\"}\n";
  for (const char* name : {"x.jsonl", "x.ndjson", "x.json", "X.JSONL"}) {
    const Documents read = Read(folder.Write(name, lines));
    EXPECT_THAT(read.texts, ElementsAre("a", "b")) << name;
    EXPECT_FALSE(read.reading.json_by_content);
  }
  for (const char* name : {"x.txt", "part-00000", "x.jsonl.part"}) {
    const Documents read = Read(folder.Write(name, lines));
    EXPECT_THAT(read.texts, ElementsAre("a", "b")) << name;
    EXPECT_TRUE(read.reading.json_by_content);
  }
}

TEST(ForEachDocument, TextThatOnlyBeginsLikeJsonIsText) {
  const TemporaryFolder folder;
  const std::string braces = "{\"text\": \"a\"} is how a line begins\n";
  EXPECT_THAT(Read(folder.Write("a.txt", braces)).texts, ElementsAre(braces));
  const std::string other = "{\"id\": 1}\n{\"id\": 2}\n";
  const Documents read = Read(folder.Write("b.txt", other));
  EXPECT_THAT(read.texts, ElementsAre(other));
  EXPECT_TRUE(read.reading.json_as_text);
}

TEST(ForEachDocument, EmptyFilesAreCounted) {
  const TemporaryFolder folder;
  const Documents read = Read(folder.Write("a.txt", "\xEF\xBB\xBF"));
  EXPECT_THAT(read.texts, IsEmpty());
  EXPECT_EQ(read.reading.documents.empty, 1);
}

TEST(ForEachDocument, JsonOfUtf16IsRead) {
  const TemporaryFolder folder;
  std::string wide = "\xFF\xFE";
  for (const char c : std::string("{\"text\": \"a\"}\r\n")) wide += {c, '\0'};
  EXPECT_THAT(Read(folder.Write("a.jsonl", wide)).texts, ElementsAre("a"));
}

}  // namespace
}  // namespace saelaw
