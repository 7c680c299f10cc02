#include "tokens/token_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "tokens/fixtures.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using std::string_literals::operator""s;

// As NumPy writes an int32 array of one dimension: magic, version 1.0, the dictionary's length.
std::string Npy(int size, const std::string& data) {
  std::string dictionary =
      "{'descr': '<i4', 'fortran_order': False, 'shape': (" + std::to_string(size) + ",), }\n";
  return "\x93NUMPY\x01\x00"s + static_cast<char>(dictionary.size()) + '\0' + dictionary + data;
}

TokenFileRules Rules() {
  TokenFileRules rules;
  rules.dtype = "u16";
  rules.separator = 7;
  rules.vocabulary = 100;
  return rules;
}

class TokenFile : public ::testing::Test {
 protected:
  TokenStore Read(const std::string& name,
                  const std::string& content,
                  const TokenFileRules& rules) {
    TokenStore store;
    AppendTokenFile(folder_.Write(name, content), rules, store);
    return store;
  }
  std::string Refusal(const std::string& name,
                      const std::string& content,
                      const TokenFileRules& rules) {
    try {
      Read(name, content, rules);
    } catch (const Error& error) {
      return std::to_string(static_cast<int>(error.code())) + " " + error.what();
    }
    return "read";
  }

  TemporaryFolder folder_;
};

// The separator belongs to the document that it ends; what follows the last one is a document too.
TEST_F(TokenFile, EndsDocumentsAtTheSeparator) {
  const TokenStore store = Read("t.bin", "\1\0\7\0\7\0\2\0"s, Rules());
  EXPECT_THAT(store.ids(), ElementsAre(1, 7, 7, 2));
  EXPECT_THAT(store.begins(), ElementsAre(0, 2, 3, 4));
}

TEST_F(TokenFile, WithoutASeparatorCutsBlocksFromEachFilesBeginning) {
  TokenFileRules rules = Rules();
  rules.separator.reset();
  rules.block_tokens = 2;
  TokenStore store;
  const auto file = folder_.Write("t.bin", "\1\0\2\0\3\0"s);
  AppendTokenFile(file, rules, store);
  AppendTokenFile(file, rules, store);
  EXPECT_THAT(store.begins(), ElementsAre(0, 2, 3, 5, 6));
}

TEST_F(TokenFile, ReadsWiderIdsAndNumpyArrays) {
  TokenFileRules rules = Rules();
  EXPECT_THAT(Read("t.npy", Npy(2, "\5\0\0\0\6\0\0\0"s), rules).ids(), ElementsAre(5, 6));
  rules.dtype = "u32";
  rules.vocabulary = 1 << 20;
  EXPECT_THAT(Read("t.bin", "\0\0\1\0"s, rules).ids(), ElementsAre(65536));
}

TEST_F(TokenFile, RefusesIdsOutsideTheVocabulary) {
  EXPECT_THAT(Refusal("t.bin", "\1\0\144\0"s, Rules()), HasSubstr("78 "));
  EXPECT_THAT(Refusal("t.bin", "\1\0\144\0"s, Rules()),
              HasSubstr("t.bin: token 1 has id 100, allowed are 0 to 99"));
  EXPECT_THAT(Refusal("t.npy", Npy(1, "\xFF\xFF\xFF\xFF"), Rules()), HasSubstr("has id -1"));
}

TEST_F(TokenFile, RefusesOtherFilesAndTypes) {
  TokenFileRules rules = Rules();
  EXPECT_THAT(Refusal("t.txt", "", rules), HasSubstr("token files are .npy or .bin, not '.txt'"));
  EXPECT_THAT(Refusal("t.bin", "\1\0\2"s, rules), HasSubstr("74 "));
  EXPECT_THAT(Refusal("t.bin", "\1\0\2"s, rules), HasSubstr("3 bytes are no whole number of 2-"));
  rules.dtype = "i16";
  EXPECT_THAT(Refusal("t.bin", "", rules), HasSubstr("u16 or u32, not 'i16'"));
}

}  // namespace
}  // namespace saelaw
