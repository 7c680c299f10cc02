// The reader of tokenizer.json, through the tokenizer that is made of what it read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tokens/small_tokenizer.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

Tokenizer LoadJson(const Json& json) {
  const TemporaryFolder folder;
  return Tokenizer::Load(folder.Write("tokenizer.json", json.dump()));
}

// As above, after `key` (a JSON pointer) has been set.
std::pair<ExitCode, std::string> FailureWith(const char* key, const Json& value) {
  Json json = SmallTokenizer();
  json[Json::json_pointer(key)] = value;
  return Failure(json.dump());
}

TEST(TokenizerJson, MergesInOrderOfRankFromTheLeft) {
  const Tokenizer tokenizer = LoadJson(SmallTokenizer());
  EXPECT_THAT(tokenizer.Encode("abcd ab"), ElementsAre(6, 3, 4, 5));
  EXPECT_THAT(tokenizer.Encode("aabbc"), ElementsAre(0, 5, 1, 2));
  EXPECT_EQ(tokenizer.vocabulary(), 9);  // id 7 is absent
  EXPECT_EQ(tokenizer.Decode(std::vector<std::int32_t>{6, 7, 8}), "abc<end>");
}

TEST(TokenizerJson, BytesWithoutATokenAreUnknownWhereThereIsOne) {
  Json json = SmallTokenizer();
  json["model"]["unk_token"] = "d";
  EXPECT_THAT(LoadJson(json).Encode("axyb"), ElementsAre(0, 3, 3, 1));
  json["model"]["fuse_unk"] = true;
  EXPECT_THAT(LoadJson(json).Encode("axyb"), ElementsAre(0, 3, 1));
}

TEST(TokenizerJson, IdentityIsOfWhatDeterminesIds) {
  Json json = SmallTokenizer();
  const std::string identity = LoadJson(json).Identity();
  json["added_tokens"].clear();
  EXPECT_EQ(LoadJson(json).Identity(), identity);
  json["model"]["merges"].erase(1);
  EXPECT_NE(LoadJson(json).Identity(), identity);
  json = SmallTokenizer();
  json["pre_tokenizer"] = Json::parse(
      R"({"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true},
          {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}]})");
  EXPECT_NE(LoadJson(json).Identity(), identity);
}

TEST(TokenizerJson, UnknownPreTokenizersListTheSupportedOnes) {
  const auto [code, message] = FailureWith("/pre_tokenizer/type", "Metaspace");
  EXPECT_EQ(code, ExitCode::kConfiguration);
  EXPECT_THAT(message, HasSubstr("'Metaspace'"));
  EXPECT_THAT(message, HasSubstr("gpt-2, smollm, llama-3"));
  EXPECT_THAT(FailureWith("/pre_tokenizer/add_prefix_space", true).second,
              HasSubstr("ByteLevel(prefix space)"));
  EXPECT_EQ(FailureWith("/pre_tokenizer", nullptr).first, ExitCode::kConfiguration);
}

TEST(TokenizerJson, RefusesWhatItDoesNotDo) {
  EXPECT_EQ(FailureWith("/normalizer", {{"type", "NFC"}}).first, ExitCode::kConfiguration);
  EXPECT_EQ(FailureWith("/model/type", "Unigram").first, ExitCode::kConfiguration);
  EXPECT_EQ(FailureWith("/model/byte_fallback", true).first, ExitCode::kConfiguration);
  EXPECT_EQ(FailureWith("/model/dropout", 0.1).first, ExitCode::kConfiguration);
  EXPECT_EQ(FailureWith("/model/end_of_word_suffix", "</w>").first, ExitCode::kConfiguration);
}

TEST(TokenizerJson, RefusesDamage) {
  EXPECT_EQ(Failure("").first, ExitCode::kIo);
  EXPECT_EQ(Failure("[1]").first, ExitCode::kIo);
  EXPECT_EQ(Failure("{\"model\": ").first, ExitCode::kIo);
  EXPECT_EQ(FailureWith("/model/vocab/e", -1).first, ExitCode::kIo);
  EXPECT_EQ(FailureWith("/model/vocab/e", 1e18).first, ExitCode::kIo);
  EXPECT_EQ(FailureWith("/model/vocab/e", 0xFFFFFFFFFFFFFFFFu).first, ExitCode::kIo);
  EXPECT_THAT(FailureWith("/model/vocab/e", 0).second, HasSubstr("belongs to both"));
  EXPECT_THAT(FailureWith("/model/merges/0", "a  b").second, HasSubstr("merge 0"));
  EXPECT_THAT(FailureWith("/model/merges/1", "a z").second, HasSubstr("needs the token 'z'"));
  EXPECT_THAT(FailureWith("/model/merges/1", "b a").second, HasSubstr("needs the token 'ba'"));
}

TEST(TokenizerJson, NamesAGitLfsPointer) {
  const auto [code, message] =
      Failure("version https://git-lfs.github.com/spec/v1\noid sha256:6e6e\nsize 17208753\n");
  EXPECT_EQ(code, ExitCode::kConfiguration);
  EXPECT_THAT(message, HasSubstr("git lfs pull"));
}

}  // namespace
}  // namespace saelaw
