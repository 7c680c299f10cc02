#include "tensors/safetensors_header.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tensors/bytes.h"

namespace saelaw {
namespace {

void ExpectHeaderRefused(const std::string& header, const char* part) {
  SCOPED_TRACE(header.substr(0, 100));
  ExpectRefused([&] { ParseSafetensorsHeader("x.safetensors", header); }, "x.safetensors", part);
}

std::string Entry(const char* name, const char* rest) {
  return std::string("\"") + name + R"(":{"dtype":"F32","shape":)" + rest + "}";
}

// The example of the format's description, with the keys of an entry in another order too.
TEST(ParseSafetensorsHeader, ReadsEntriesAsTheyAreWritten) {
  const SafetensorsHeader header = ParseSafetensorsHeader("x",
                                                          R"({"__metadata__":{"format":"pt"},
          "a":{"dtype":"F16","shape":[1,16,256],"data_offsets":[0,8192]},
          "b":{"data_offsets":[8192,8200],"shape":[],"dtype":"I64"}}  )");
  EXPECT_EQ(header.metadata.at("format"), "pt");
  ASSERT_EQ(header.entries.size(), 2U);
  const SafetensorsEntry& a = header.entries.at("a");
  EXPECT_EQ(a.type, TensorType::kF16);
  EXPECT_EQ(a.shape, (std::vector<std::int64_t>{1, 16, 256}));
  EXPECT_EQ(a.end, 8192U);
  const SafetensorsEntry& b = header.entries.at("b");
  EXPECT_TRUE(b.shape.empty());
  EXPECT_EQ(b.begin, 8192U);
}

TEST(ParseSafetensorsHeader, RefusesDuplicatesAndWhatComesTwice) {
  const std::string a = Entry("a", "[1],\"data_offsets\":[0,4]");
  ExpectHeaderRefused("{" + a + "," + a + "}", "duplicate tensor 'a'");
  ExpectHeaderRefused(R"({"__metadata__":{"a":"1","a":"2"}})", "duplicate metadata 'a'");
  ExpectHeaderRefused(R"({"a":{"dtype":"F32","dtype":"F32"}})", "unexpected a string in 'a'");
  ExpectHeaderRefused("{" + Entry("a", "[1],\"shape\":[1]") + "}", "unexpected an array in 'a'");
}

TEST(ParseSafetensorsHeader, ShapesHaveAnEnd) {
  std::string shape = "[1";
  for (int i = 0; i < 64; ++i) shape += ",1";
  ExpectHeaderRefused("{" + Entry("a", (shape + "]").c_str()) + "}", "more than 64 dimensions");
}

TEST(ParseSafetensorsHeader, RefusesBrokenJson) {
  ExpectHeaderRefused("[]", "begin with '{'");
  ExpectHeaderRefused("{\"a\":", "not valid JSON");
  ExpectHeaderRefused("{}{}", "not valid JSON");
  ExpectHeaderRefused("{\"a\xff\":1}", "not valid JSON");
  ExpectHeaderRefused(std::string(100000, '{'), "not valid JSON");
  ExpectHeaderRefused("{\"a\":" + std::string(100000, '['), "unexpected an array");
  ExpectHeaderRefused(R"({"a":{"b":{"c":{}}}})", "nested object");
}

// No damage: these are the format's own types, which are not read.
TEST(ParseSafetensorsHeader, NamesADtypeThatItDoesNotRead) {
  for (const char* type : {"F8_E4M3", "F6_E2M3", "F4", "C64"}) {
    try {
      ParseSafetensorsHeader("x", fmt::format(R"({{"a":{{"dtype":"{}","shape":[4]}}}})", type));
      ADD_FAILURE() << "read " << type;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kConfiguration);
      EXPECT_THAT(error.what(), testing::HasSubstr(fmt::format("'a' has dtype {}", type)));
    }
  }
}

TEST(ParseSafetensorsHeader, RefusesWrongStructure) {
  ExpectHeaderRefused(R"({"a":1})", "unexpected a number in 'a'");
  ExpectHeaderRefused(R"({"a":{"dtype":"F32"}})", "lacks");
  ExpectHeaderRefused(R"({"a":{"dtype":"F33","shape":[],"data_offsets":[0,4]}})", "'F33'");
  ExpectHeaderRefused(R"({"__metadata__":{"a":1}})", "unexpected a number");
  ExpectHeaderRefused("{" + Entry("a", "[-1],\"data_offsets\":[0,4]") + "}", "negative");
  ExpectHeaderRefused("{" + Entry("a", "[1],\"data_offsets\":[0,4,8]") + "}", "third");
  ExpectHeaderRefused("{" + Entry("a", "[18446744073709551615],\"data_offsets\":[0,4]") + "}",
                      "above 2^63-1");
}

TEST(ParseSafetensorsHeader, KeepsMessagesOnOneLine) {
  ExpectHeaderRefused(R"({"a\nb":1})", "'a?b'");
}

}  // namespace
}  // namespace saelaw
