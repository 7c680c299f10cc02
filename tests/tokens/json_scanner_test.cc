#include "tokens/json_scanner.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// Where the scanner stands behind one value; or minus the fault's place, less one.
std::int64_t SkippedTo(std::string_view text) {
  JsonScanner scanner(text);
  try {
    scanner.SkipValue();
  } catch (const JsonFault& fault) {
    return -1 - static_cast<std::int64_t>(fault.position);
  }
  return static_cast<std::int64_t>(scanner.position());
}

std::string FaultIn(std::string_view text) {
  try {
    JsonScanner(text).SkipValue();
  } catch (const JsonFault& fault) {
    return fault.what;
  }
  return "none";
}

TEST(JsonScanner, SkipsOneValueOfEveryKind) {
  for (const std::string_view value : {"{}",
                                       "[]",
                                       "\"a\\\"b\"",
                                       "-0.5e+10",
                                       "true",
                                       "null",
                                       "NaN",
                                       "-Infinity",
                                       "[1, {\"a\": [[]], \"b\": {}}, \"]\"]"}) {
    EXPECT_EQ(SkippedTo(std::string(value) + " 7"), static_cast<std::int64_t>(value.size()))
        << value;
  }
}

TEST(JsonScanner, DepthCostsNoStack) {
  std::string text(1'000'000, '[');
  text.append(1'000'000, ']');
  EXPECT_EQ(SkippedTo(text), 2'000'000);
}

TEST(JsonScanner, SaysWhatItExpectedAndWhatItFound) {
  EXPECT_EQ(FaultIn(""), "expected a value, found the end");
  EXPECT_EQ(FaultIn("[1 2]"), "expected ',' or ']', found '2'");
  EXPECT_EQ(FaultIn("{\"a\" 1}"), "expected ':', found '1'");
  EXPECT_EQ(FaultIn("{a: 1}"), "expected a key in double quotes, found 'a'");
  EXPECT_EQ(FaultIn("é"), "expected a value, found 'é'");  // one character, not one byte
  EXPECT_EQ(FaultIn("\x01"), "expected a value, found '?'");
  EXPECT_EQ(FaultIn("1.2.3"), "expected a value, found '1'");
  EXPECT_EQ(FaultIn("1e"), "expected a value, found '1'");
  EXPECT_EQ(FaultIn("\"abc"), "a string that does not end");
  EXPECT_EQ(SkippedTo("[7, \"abc"), -1 - 4);  // the fault stands at the opening quote
}

TEST(JsonScanner, AStringIsAViewUnlessItHoldsEscapes) {
  const std::string_view text = R"("plain" "tab\tbed")";
  JsonScanner scanner(text);
  std::string storage = "untouched";
  const JsonString plain = scanner.ReadString(storage);
  EXPECT_EQ(plain.text.data(), text.data() + 1);
  EXPECT_EQ(storage, "untouched");
  EXPECT_EQ(scanner.ReadString(storage).text, "tab\tbed");
}

// U+1F600 is D83D DE00 in UTF-16 (Unicode 15, section 3.9).
TEST(JsonScanner, JoinsPairsOfSurrogatesAndCountsLoneOnes) {
  std::string storage;
  const auto read = [&](std::string_view text) { return JsonScanner(text).ReadString(storage); };
  EXPECT_EQ(read(R"("\ud83d\ude00")").text, "\xF0\x9F\x98\x80");
  const JsonString lone = read(R"("\ud83d\u0041\ude00")");
  EXPECT_EQ(lone.text,
            "\xEF\xBF\xBD"
            "A\xEF\xBF\xBD");
  EXPECT_EQ(lone.lone_surrogates, 2);
}

TEST(JsonScanner, PassesOverMarksBetweenValues) {
  JsonScanner scanner("\xEF\xBB\xBF \x1E{} \xEF\xBB\xBF\n[]");
  scanner.SkipSpace();
  EXPECT_EQ(scanner.KindHere(), "an object");
  scanner.SkipValue();
  EXPECT_FALSE(scanner.Take('{'));
  EXPECT_TRUE(scanner.Take('['));
  EXPECT_THROW(scanner.Expect('['), JsonFault);
}

TEST(FindLine, CountsAllThreeEndsOfLines) {
  EXPECT_EQ(FindLine("", 0), 1);
  EXPECT_EQ(FindLine("a\nb\r\nc\rd", 0), 1);
  EXPECT_EQ(FindLine("a\nb\r\nc\rd", 2), 2);
  EXPECT_EQ(FindLine("a\nb\r\nc\rd", 5), 3);
  EXPECT_EQ(FindLine("a\nb\r\nc\rd", 7), 4);
  EXPECT_EQ(FindLine("a\n", 99), 2);
}

}  // namespace
}  // namespace saelaw
