// Which token a text begins with and which ids are no text, through the tokenizer that is loaded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tokens/small_tokenizer.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

// What transformers 5.13 and tokenizers 0.22 do of the same folders: the post-processor alone
// decides what a text begins with.
struct Folder {
  Json tokenizer = SmallTokenizer();
  std::vector<std::pair<std::string, std::string>> files = {};  // beside tokenizer.json

  Tokenizer Load() const {
    const TemporaryFolder folder;
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

TEST(SpecialTokens, RefusesIdsAndNestingThatNoLibraryWrites) {
  const auto failure = [](const Json& processor) {
    Json json = WithTemplate("");
    json["post_processor"] = processor;
    return Failure(json.dump());
  };
  EXPECT_THAT(failure({{"type", "BertProcessing"}, {"cls", {"<begin>", 10}}}).second,
              HasSubstr("puts token '10' before a text, which is not in the vocabulary"));
  EXPECT_THAT(failure({{"type", "RobertaProcessing"}, {"cls", "<begin>"}}).second,
              HasSubstr("post_processor.cls is not a pair"));
  Json nested = {{"type", "ByteLevel"}};
  for (int depth = 0; depth < 9; ++depth) {
    nested = {{"type", "Sequence"}, {"processors", Json::array({nested})}};
  }
  const auto [code, message] = failure(nested);
  EXPECT_EQ(code, ExitCode::kIo);
  EXPECT_THAT(message, HasSubstr("nested too deeply"));
}

}  // namespace
}  // namespace saelaw
