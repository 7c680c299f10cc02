#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "tokens/fixtures.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

// Letters a to d and a space (Ġ), with the merges a+b and ab+c.
Json SmallTokenizer() {
  return Json::parse(R"({
    "normalizer": null,
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
    "added_tokens": [{"id": 8, "content": "<end>", "special": true}],
    "model": {"type": "BPE",
              "vocab": {"a": 0, "b": 1, "c": 2, "d": 3, "Ġ": 4, "ab": 5, "abc": 6},
              "merges": ["a b", ["ab", "c"]]}
  })");
}

Tokenizer LoadJson(const Json& json) {
  const testing::TemporaryFolder folder;
  return Tokenizer::Load(folder.Write("tokenizer.json", json.dump()));
}

// The message and exit code of the Error that loading throws.
std::pair<ExitCode, std::string> Failure(const std::string& content) {
  const testing::TemporaryFolder folder;
  try {
    Tokenizer::Load(folder.Write("tokenizer.json", content));
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ExitCode::kComplete, ""};
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

TEST(TokenizerJson, EqualMergesGoFromTheLeftInShortAndLongPieces) {
  Json json = SmallTokenizer();
  json["model"]["vocab"]["aa"] = 7;
  json["model"]["merges"] = {"a a"};
  const Tokenizer tokenizer = LoadJson(json);
  for (const int pairs : {2, 31, 32, 33, 500}) {  // long pieces take another way from 65 bytes on
    std::vector<std::int32_t> expected(static_cast<std::size_t>(pairs), 7);
    expected.push_back(0);
    EXPECT_EQ(tokenizer.Encode(std::string(static_cast<std::size_t>(2 * pairs + 1), 'a')),
              expected);
  }
}

TEST(TokenizerJson, BytesWithoutATokenAreLeftOut) {
  EXPECT_THAT(LoadJson(SmallTokenizer()).Encode("axb"), ElementsAre(5));  // as `tokenizers` does
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

// What transformers 5.13 and tokenizers 0.22 do of the same folders: the post-processor alone
// decides what a text begins with.
struct Folder {
  Json tokenizer = SmallTokenizer();
  std::vector<std::pair<std::string, std::string>> files = {};  // beside tokenizer.json

  Tokenizer Load() const {
    const testing::TemporaryFolder folder;
    folder.Write("tokenizer.json", tokenizer.dump());
    for (const auto& [name, content] : files) folder.Write(name, content);
    return Tokenizer::Load(folder.path());
  }
};

// <begin> is 7, <end> 8, <pad> 9; `single` as the library writes it.
Json WithTemplate(const std::string& single) {
  Json json = SmallTokenizer();
  json["added_tokens"].push_back({{"id", 7}, {"content", "<begin>"}, {"special", true}});
  json["added_tokens"].push_back({{"id", 9}, {"content", "<pad>"}, {"special", false}});
  if (single.empty()) return json;
  json["post_processor"] = Json::parse(R"({"type": "TemplateProcessing", "pair": [],
      "special_tokens": {"<begin>": {"id": "<begin>", "ids": [7], "tokens": ["<begin>"]},
                         "<end>": {"id": "<end>", "ids": [8], "tokens": ["<end>"]}}})");
  json["post_processor"]["single"] = Json::parse(single);
  return json;
}

const std::string kBegin = R"({"SpecialToken": {"id": "<begin>", "type_id": 0}})";
const std::string kEnd = R"({"SpecialToken": {"id": "<end>", "type_id": 0}})";
const std::string kText = R"({"Sequence": {"id": "A", "type_id": 0}})";
const std::string kLeads = "[" + kBegin + "," + kText + "]";

TEST(SpecialTokens, TheTemplateAloneDecidesWhatATextBeginsWith) {
  const std::string names = R"({"bos_token": "<begin>", "add_bos_token": true})";
  for (const char* config : {"{}", R"({"eos_token": "<end>"})", R"({"add_bos_token": false})"}) {
    const Tokenizer led = Folder{WithTemplate(kLeads), {{"tokenizer_config.json", config}}}.Load();
    EXPECT_TRUE(led.add_bos()) << config;
    EXPECT_EQ(led.bos(), 7) << config;
  }
  EXPECT_TRUE(Folder{WithTemplate(kLeads)}.Load().add_bos());
  for (const std::string& single : {std::string(), "[" + kText + "," + kEnd + "]"}) {
    const Tokenizer plain = Folder{WithTemplate(single), {{"tokenizer_config.json", names}}}.Load();
    EXPECT_FALSE(plain.add_bos()) << single;
    EXPECT_EQ(plain.bos(), 7) << single;
  }
  // The template's token, even where another is named.
  const Tokenizer other = Folder{
      WithTemplate("[" + kEnd + "," + kText + "]"),
      {{"tokenizer_config.json",
        names}}}.Load();
  EXPECT_TRUE(other.add_bos());
  EXPECT_EQ(other.bos(), 8);
}

TEST(SpecialTokens, EveryFormOfPostProcessorIsRead) {
  const auto led_by = [](const Json& processor) -> std::optional<std::int32_t> {
    Json json = WithTemplate(kLeads);
    json["post_processor"] = processor;
    const Tokenizer tokenizer = Folder{json}.Load();
    return tokenizer.add_bos() ? tokenizer.bos() : std::nullopt;
  };
  const Json of_template = WithTemplate(kLeads)["post_processor"];
  const Json bytes = Json::parse(R"({"type": "ByteLevel", "trim_offsets": true})");
  const auto sequence = [](const Json& processors) -> Json {
    return {{"type", "Sequence"}, {"processors", processors}};
  };
  EXPECT_EQ(led_by(sequence({bytes, of_template})), 7);
  EXPECT_EQ(led_by(sequence({of_template, bytes})), 7);
  EXPECT_EQ(led_by(sequence(Json::array({sequence(Json::array({of_template}))}))), 7);
  EXPECT_EQ(led_by(bytes), std::nullopt);
  for (const char* type : {"BertProcessing", "RobertaProcessing"}) {
    EXPECT_EQ(led_by({{"type", type}, {"sep", {"<end>", 8}}, {"cls", {"<begin>", 7}}}), 7);
  }
}

TEST(SpecialTokens, RefusesTemplatesThatItCannotFollow) {
  const auto failure = [](const Json& json) { return Failure(json.dump()); };
  const Json two = WithTemplate("[" + kBegin + "," + kEnd + "," + kText + "]");
  EXPECT_EQ(failure(two).first, ExitCode::kConfiguration);
  EXPECT_THAT(failure(two).second, HasSubstr("2 tokens before a text"));
  Json outside = WithTemplate(kLeads);
  outside["post_processor"]["special_tokens"]["<begin>"]["ids"] = {10};
  EXPECT_EQ(failure(outside).first, ExitCode::kIo);
  outside["post_processor"]["special_tokens"].erase("<begin>");
  EXPECT_THAT(failure(outside).second, HasSubstr("lacks the ids of '<begin>'"));
  outside["post_processor"]["single"] = "<begin> $A";
  EXPECT_THAT(failure(outside).second, HasSubstr("single is not a list"));
}

TEST(SpecialTokens, NamesComeFromTheFilesAroundIt) {
  const auto bos = [](const std::string& file, const std::string& content) {
    return Folder{WithTemplate(""), {{file, content}}}.Load().bos();
  };
  EXPECT_EQ(bos("tokenizer_config.json", R"({"bos_token": {"content": "<begin>"}})"), 7);
  EXPECT_EQ(bos("special_tokens_map.json", R"({"bos_token": "<begin>"})"), 7);
  EXPECT_EQ(bos("config.json", R"({"bos_token_id": 7})"), 7);
  EXPECT_EQ(bos("generation_config.json", R"({"bos_token_id": [7]})"), 7);
  // Llama 2's ids in a configuration that was never told others: text here.
  EXPECT_EQ(bos("config.json", R"({"bos_token_id": 1, "eos_token_id": 2})"), std::nullopt);
  EXPECT_EQ(bos("config.json", R"({"bos_token_id": -1, "eos_token_id": "x"})"), std::nullopt);
  EXPECT_EQ(bos("tokenizer_config.json", R"({"bos_token": null})"), std::nullopt);
}

TEST(SpecialTokens, AreAllThatIsFlaggedOrNamed) {
  EXPECT_THAT(Folder{WithTemplate("")}.Load().special_ids(), ElementsAre(7, 8));
  const Folder named{WithTemplate(""),
                     {{"tokenizer_config.json", R"({"pad_token": "<pad>", "eos_token": "d"})"},
                      {"config.json", R"({"eos_token_id": [8, 1], "bos_token_id": 1})"}}};
  EXPECT_THAT(named.Load().special_ids(), ElementsAre(3, 7, 8, 9));
  const Folder flagged{WithTemplate(""),
                       {{"tokenizer_config.json",
                         R"({"added_tokens_decoder": {"9": {"content": "<pad>", "special": true},
                             "8": {"content": "<end>", "special": false}}})"}}};
  EXPECT_THAT(flagged.Load().special_ids(), ElementsAre(7, 8, 9));
}

TEST(TokenizerJson, NamesAGitLfsPointer) {
  const auto [code, message] =
      Failure("version https://git-lfs.github.com/spec/v1\noid sha256:6e6e\nsize 17208753\n");
  EXPECT_EQ(code, ExitCode::kConfiguration);
  EXPECT_THAT(message, HasSubstr("git lfs pull"));
}

}  // namespace
}  // namespace saelaw
