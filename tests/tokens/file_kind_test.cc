#include "tokens/file_kind.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::HasSubstr;
using std::string_literals::operator""s;

TEST(RecogniseKind, NamesTheKindAndWhatToDo) {
  EXPECT_EQ(RecogniseKind("\x1F\x8B\x08\0"s).kind, "a gzip archive");
  EXPECT_EQ(RecogniseKind("\x1F\x8B\x08\0"s).mend, "unpack it first (gunzip)");
  EXPECT_EQ(RecogniseKind("%PDF-1.7\n"s).kind, "a PDF");
  EXPECT_THAT(std::string(RecogniseKind("SQLite format 3\0..."s).mend), HasSubstr("to_json"));
  EXPECT_THAT(std::string(RecogniseKind("\x93NUMPY\x01\0"s).mend),
              HasSubstr("activations.token_files"));
}

// Marks of both ages of git LFS, and of git annex, whose content was never fetched.
TEST(RecogniseKind, KnowsPointersToContentElsewhere) {
  for (const char* pointer : {"version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
                              "version https://hawser.github.com/spec/v1\noid sha256:1\n"}) {
    EXPECT_THAT(std::string(RecogniseKind(pointer).mend), HasSubstr("git lfs pull"));
  }
  EXPECT_THAT(std::string(RecogniseKind("/annex/objects/SHA256E-s4--a.txt\n").mend),
              HasSubstr("git annex get"));
}

// A mark counts where it stands at its offset, whole: a part of one is text.
TEST(RecogniseKind, TakesNoPartOfAMark) {
  EXPECT_EQ(RecogniseKind("").kind, "");
  EXPECT_EQ(RecogniseKind("%PDF").kind, "");
  EXPECT_EQ(RecogniseKind(" %PDF-1.7").kind, "");
  EXPECT_EQ(RecogniseKind("PK and other letters").kind, "");
}

// These marks are letters that a text may begin with, and are asked about in another function.
TEST(RecogniseKind, LeavesLettersToTheOtherFunction) {
  for (const char* text : {"PAR1 is a name", "GGUF and ORC", "BZh is not a word", "RIFF", "ID3"}) {
    EXPECT_EQ(RecogniseKind(text).kind, "") << text;
    EXPECT_NE(RecogniseBinaryKind(text).kind, "") << text;
  }
}

TEST(RecogniseBinaryKind, LooksBehindTheBeginningWhereAFormatPutsItsMark) {
  EXPECT_EQ(RecogniseBinaryKind(std::string(257, 'x') + "ustar").kind, "a tar archive");
  EXPECT_EQ(RecogniseBinaryKind(std::string(256, 'x') + "ustar").kind, "");
  EXPECT_EQ(RecogniseBinaryKind("\x40\0\0\0\0\0\0\0{\"w\":"s).kind, "a safetensors file");
  EXPECT_EQ(RecogniseBinaryKind("\0\0\0\x18"s + "ftypmp42").kind, "a film or sound");
  EXPECT_EQ(RecogniseBinaryKind("\x80\x04\x95"s).kind, "a Python pickle");
}

}  // namespace
}  // namespace saelaw
