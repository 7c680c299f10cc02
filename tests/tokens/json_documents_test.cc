#include "tokens/json_documents.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Documents {
  std::vector<std::string> texts;
  JsonCounts counts;
};

Documents Read(std::string_view text, std::string_view key = "text") {
  Documents read;
  read.counts = ForEachJsonDocument(
      "a.jsonl", text, key, [&](std::string_view t) { read.texts.emplace_back(t); });
  return read;
}

// The message and, in front of it, the exit code.
std::string RefusalOf(std::string_view text) {
  try {
    Read(text);
  } catch (const Error& error) {
    return std::to_string(static_cast<int>(error.code())) + " " + error.what();
  }
  return "read";
}

TEST(JsonDocuments, AreLinesWhateverEndsThem) {
  for (const std::string end : {"\n", "\r\n", "\r", "\n\n \n", ""}) {
    const Documents read =
        Read(R"({"text": "a"})" + end + R"({"id": [1, {"b": {}}], "text":"b"})" + end);
    EXPECT_THAT(read.texts, ElementsAre("a", "b")) << end;
  }
  EXPECT_EQ(Read("").counts.documents, 0);
  EXPECT_EQ(Read(" \n").counts.documents, 0);
}

TEST(JsonDocuments, AreAnArraysElementsOrOneObject) {
  EXPECT_THAT(Read("[{\"text\": \"a\"},\n {\"text\": \"b\"}]\n").texts, ElementsAre("a", "b"));
  EXPECT_THAT(Read(R"(["a", null, "b", ""])").texts, ElementsAre("a", "b"));
  EXPECT_EQ(Read("[]").counts.documents, 0);
  EXPECT_THAT(Read("{\n  \"title\": \"t\",\n  \"text\": \"a\"\n}\n").texts, ElementsAre("a"));
}

TEST(JsonDocuments, NullAndEmptyOnesAreCounted) {
  const Documents read =
      Read("{\"text\": null}\n{\"text\": \"\"}\n{\"text\": NaN}\n{\"text\": \"x\"}\n");
  EXPECT_THAT(read.texts, ElementsAre("x"));
  EXPECT_EQ(read.counts.empty, 3);
  EXPECT_EQ(read.counts.documents, 1);
}

TEST(JsonDocuments, WhatStandsBesideTheTextDoesNotMatter) {
  EXPECT_THAT(Read(R"({"a": NaN, "b": [-Infinity, Infinity, 1e5, -0.5, true, false, null, []],)"
                   R"( "c": {"text": "inner", "d": "\ud83d \" ]} \\"}, "text": "x"})")
                  .texts,
              ElementsAre("x"));
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  EXPECT_THAT(Read("{\"deep\": " + deep + ", \"text\": \"x\"}").texts, ElementsAre("x"));
}

TEST(JsonDocuments, EscapesAreDecoded) {
  const Documents read = Read(R"({"te\u0078t": "\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"})");
  EXPECT_THAT(read.texts, ElementsAre("\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80"));
  EXPECT_EQ(read.counts.lone_surrogates, 0);
}

TEST(JsonDocuments, LoneSurrogatesAreReplacedAndCounted) {
  const Documents read = Read(R"({"text": "a \ud83d b \ude00\ud83d\ud83d\ude00"})");
  EXPECT_THAT(read.texts, ElementsAre("a \xEF\xBF\xBD b \xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x98\x80"));
  EXPECT_EQ(read.counts.lone_surrogates, 3);
}

TEST(JsonDocuments, TheLastOfTwoEqualKeysCounts) {
  EXPECT_THAT(Read(R"({"text": "a", "text": "b"})").texts, ElementsAre("b"));
}

TEST(JsonDocuments, AnotherKeyMayHoldTheText) {
  EXPECT_THAT(Read(R"({"content": "a", "text": 1})", "content").texts, ElementsAre("a"));
  EXPECT_THAT(RefusalOf("{\"text\": \"x\"}\n{\"url\": \"u\", \"content\": \"a text\"}"),
              AllOf(HasSubstr("78 a.jsonl:2: has no key 'text'; its keys are 'url', 'content'"),
                    HasSubstr("activations.text_key: 'content'")));
  EXPECT_THAT(RefusalOf("{}"), HasSubstr("78 a.jsonl:1: has no key 'text'"));
}

TEST(JsonDocuments, NamesTheLineOfWhatIsNoDocument) {
  EXPECT_THAT(RefusalOf("{\"text\": \"x\"}\r\n\r\n{\"text\": 3}"),
              HasSubstr("78 a.jsonl:3: 'text' is a number, not a string"));
  EXPECT_THAT(RefusalOf("{\"text\": [\"x\"]}"), HasSubstr("'text' is a list"));
  EXPECT_THAT(RefusalOf("{\"text\": \"x\"}\n\"{\\\"text\\\": 1}\"\n"),
              HasSubstr("78 a.jsonl:2: is a string: each line is to be an object"));
  EXPECT_THAT(RefusalOf("[1, 2]"), HasSubstr("78 a.jsonl:1: is a number"));
  EXPECT_THAT(RefusalOf("[\"a\"]\n[\"b\"]"), HasSubstr("78 a.jsonl:2: is a list: nothing may"));
}

TEST(JsonDocuments, DamagedJsonIsTheFilesFault) {
  EXPECT_THAT(RefusalOf("{\"text\": \"x\"}\nplain text"),
              HasSubstr("74 a.jsonl:2: is not JSON: expected a value, found 'p'"));
  EXPECT_THAT(RefusalOf("{\"text\": \"x"),
              HasSubstr("74 a.jsonl:1: is not JSON: a string that does"));
  EXPECT_THAT(RefusalOf("{\"text\": \"x\n\"}"), HasSubstr("over a line's end"));
  EXPECT_THAT(RefusalOf("{\"text\": \"x\", \"a\": "), HasSubstr("found the end"));
  EXPECT_THAT(RefusalOf("{\"text\": \"x\" \"a\"}"), HasSubstr("expected '}'"));
  EXPECT_THAT(RefusalOf("{\"text\": \"\\x\"}"), HasSubstr("no escape"));
  EXPECT_THAT(RefusalOf("{\"text\": \"\\u12\"}"), HasSubstr("four digits"));
  EXPECT_THAT(RefusalOf("{\"text\": \"x\", \"a\": 1.2.3}"), HasSubstr("expected a value"));
  EXPECT_THAT(RefusalOf("{\"a\": [1, 2}, \"text\": \"x\"}"), HasSubstr("expected ',' or ']'"));
}

TEST(LookAtJson, TellsDocumentsFromOtherJson) {
  EXPECT_EQ(LookAtJson(" \n", "text"), JsonFront::kNothing);
  EXPECT_EQ(LookAtJson("{\"text\": 1}\n{\"id\": 2}", "text"), JsonFront::kDocument);
  EXPECT_EQ(LookAtJson("[{\"text\": 1}", "text"), JsonFront::kDocument);
  EXPECT_EQ(LookAtJson("[\"a\"", "text"), JsonFront::kDocument);
  EXPECT_EQ(LookAtJson("{\"version\": 1}", "text"), JsonFront::kOther);
  EXPECT_EQ(LookAtJson("[1]", "text"), JsonFront::kOther);
  EXPECT_EQ(LookAtJson("{\"id\": 1}\n{\"id\": 2}", "text"), JsonFront::kLinesOfOther);
  EXPECT_EQ(LookAtJson("{\"text\": 1} and so on", "text"), JsonFront::kNoJson);
  EXPECT_EQ(LookAtJson("{braces} in a text", "text"), JsonFront::kNoJson);
}

}  // namespace
}  // namespace saelaw
