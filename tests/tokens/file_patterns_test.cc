#include "tokens/file_patterns.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "tokens/fixtures.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Relative to the folder, in order.
std::vector<std::string> Names(std::vector<std::string> files, const fs::path& folder) {
  for (std::string& file : files) file = fs::path(file).lexically_relative(folder).string();
  std::sort(files.begin(), files.end());
  return files;
}

class FilePatterns : public ::testing::Test {
 protected:
  FilePatterns() {
    for (const char* name : {"1.txt", "a/2.txt", "a/b/3.txt", "a/.4.txt", ".h/5.txt"}) {
      folder_.Write(name, "x");
    }
  }
  std::vector<std::string> Expanded(const std::string& pattern) const {
    return Names(ExpandPattern(folder_.path().string() + "/" + pattern), folder_.path());
  }
  std::string Refusal(const std::string& pattern) const {
    try {
      Expanded(pattern);
    } catch (const Error& error) {
      return std::to_string(static_cast<int>(error.code())) + " " + error.what();
    }
    return "found";
  }

  TemporaryFolder folder_;
};

TEST_F(FilePatterns, TwoStarsMeanNoFolderToo) {
  EXPECT_THAT(Expanded("**/*.txt"), ElementsAre("1.txt", "a/2.txt", "a/b/3.txt"));
  EXPECT_THAT(Expanded("a/**/**/b/*"), ElementsAre("a/b/3.txt"));
  EXPECT_THAT(Expanded("**"), ElementsAre("1.txt", "a/2.txt", "a/b/3.txt"));
}

TEST_F(FilePatterns, OneStarStaysInItsPart) {
  EXPECT_THAT(Expanded("*"), ElementsAre("1.txt"));  // `a` is a folder
  EXPECT_THAT(Expanded("*/*.txt"), ElementsAre("a/2.txt"));
  EXPECT_THAT(Expanded("a/[13-9].txt"), IsEmpty());
  EXPECT_THAT(Expanded("?.txt"), ElementsAre("1.txt"));
}

TEST_F(FilePatterns, HiddenNamesAreMetByADotAlone) {
  EXPECT_THAT(Expanded("a/.*.txt"), ElementsAre("a/.4.txt"));
  EXPECT_THAT(Expanded(".h/*"), ElementsAre(".h/5.txt"));
}

TEST_F(FilePatterns, RefusesTwoStarsInsideAPart) {
  EXPECT_THAT(Refusal("a**.txt"), HasSubstr("78 "));
  EXPECT_THAT(Refusal("a**.txt"), HasSubstr("only as a whole part of the path"));
}

TEST_F(FilePatterns, ALinkToNothingIsNoReasonToReadLess) {
  fs::create_symlink("nowhere", folder_.path() / "a/6.txt");
  EXPECT_THAT(Refusal("a/*.txt"), HasSubstr("74 "));
  EXPECT_THAT(Refusal("a/*.txt"), HasSubstr("a/6.txt: is a link that leads nowhere"));
  EXPECT_THROW(FilesBelow(folder_.path().string()), Error);
}

// Folders at the front mean themselves, though their names hold a pattern's characters.
TEST_F(FilePatterns, FoldersThatAreThereAreNoPatterns) {
  folder_.Write("run[1]/t*t/7.txt", "x");
  folder_.Write("run1/tt/8.txt", "x");
  EXPECT_THAT(Expanded("run[1]/t*t/*.txt"), ElementsAre("run[1]/t*t/7.txt"));
}

TEST_F(FilePatterns, BelowAFolderAreItsFilesAndThoseOfItsFolders) {
  fs::create_directory_symlink(folder_.path(), folder_.path() / "a/circle");
  EXPECT_THAT(Names(FilesBelow(folder_.path().string()), folder_.path()),
              ElementsAre("1.txt", "a/2.txt", "a/b/3.txt"));
}

}  // namespace
}  // namespace saelaw
