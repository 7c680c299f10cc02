#include "tensors/gguf_metadata.h"

#include <limits>

#include <gtest/gtest.h>

#include "temporary_folder.h"
#include "tensors/bytes.h"

namespace saelaw {
namespace {

using U32 = std::uint32_t;
using U64 = std::uint64_t;

// gguf_metadata_value_type of the specification.
constexpr U32 kU8 = 0, kI8 = 1, kU16 = 2, kI16 = 3, kU32 = 4, kI32 = 5, kF32 = 6, kBool = 7,
              kString = 8, kArray = 9, kU64 = 10, kI64 = 11, kF64 = 12;

std::string Key(const std::string& name, U32 type, const std::string& value) {
  return GgufText(name) + Le(type) + value;
}

// A section of one key after the other, read from its beginning.
std::map<std::string, GgufValue> Read(const std::string& section, std::uint64_t count) {
  const TemporaryFolder folder;
  const MappedFile file(folder.Write("x.gguf", section));
  GgufCursor cursor(file);
  return ReadGgufMetadata(cursor, count);
}

GgufValue One(U32 type, const std::string& value) { return Read(Key("k", type, value), 1).at("k"); }

void ExpectSectionRefused(const std::string& section, std::uint64_t count, const char* part) {
  ExpectRefused([&] { Read(section, count); }, "x.gguf", part);
}

TEST(GgufMetadata, IntegersOfEveryWidthAreOneType) {
  const auto integer = [](std::int64_t value) { return GgufValue(value); };
  EXPECT_EQ(One(kU8, Le<std::uint8_t>(255)), integer(255));
  EXPECT_EQ(One(kI8, Le<std::int8_t>(-1)), integer(-1));
  EXPECT_EQ(One(kU16, Le<std::uint16_t>(65535)), integer(65535));
  EXPECT_EQ(One(kI16, Le<std::int16_t>(-2)), integer(-2));
  EXPECT_EQ(One(kU32, Le<U32>(4294967295U)), integer(4294967295));
  EXPECT_EQ(One(kI32, Le(-3)), integer(-3));
  EXPECT_EQ(One(kI64, Le<std::int64_t>(-4)), integer(-4));
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(One(kU64, Le<U64>(kMost)), integer(kMost));
}

TEST(GgufMetadata, OtherValuesKeepTheirKind) {
  EXPECT_EQ(One(kF32, Le(0.5F)), GgufValue(0.5));
  EXPECT_EQ(One(kF64, Le(0.1)), GgufValue(0.1));
  EXPECT_EQ(One(kBool, Le<std::uint8_t>(1)), GgufValue(true));
  EXPECT_EQ(One(kBool, Le<std::uint8_t>(0)), GgufValue(false));
  EXPECT_EQ(One(kString, GgufText("a\nb")), GgufValue(std::string("a\nb")));
}

TEST(GgufMetadata, ArraysAreOfTheWidenedTypes) {
  EXPECT_EQ(One(kArray, Le(kBool) + Le<U64>(2) + "\x01" + '\0'),
            GgufValue(std::vector<std::int64_t>{1, 0}));
  EXPECT_EQ(One(kArray, Le(kF32) + Le<U64>(1) + Le(2.5F)), GgufValue(std::vector<double>{2.5}));
  EXPECT_EQ(One(kArray, Le(kString) + Le<U64>(2) + GgufText("") + GgufText("b")),
            GgufValue(std::vector<std::string>{"", "b"}));
  EXPECT_EQ(One(kArray, Le(kI32) + Le<U64>(0)), GgufValue(std::vector<std::int64_t>{}));
}

TEST(GgufMetadata, RefusesWhatTheFormatDoesNotHave) {
  const std::string n = Key("n", kU32, Le<U32>(7));
  ExpectSectionRefused(n + n, 2, "duplicate metadata 'n'");
  ExpectSectionRefused(Key("n", 13, Le<U32>(7)), 1, "unknown type 13");
  ExpectSectionRefused(Key("n", kArray, Le<U32>(13) + Le<U64>(0)), 1, "unknown type 13");
  ExpectSectionRefused(Key("n", kU64, Le<U64>(~0ULL)), 1, "above 2^63-1");
  ExpectSectionRefused(Key("n", kArray, Le(kArray) + Le<U64>(0)), 1, "array of arrays");
}

// Four elements of two bytes in seven: told before memory is asked for.
TEST(GgufMetadata, RefusesArraysLongerThanTheFile) {
  const std::string seven(7, '\0');
  ExpectSectionRefused(
      Key("n", kArray, Le(kU16) + Le<U64>(4) + seven), 1, "4 array elements do not fit");
  ExpectSectionRefused(
      Key("n", kArray, Le(kString) + Le<U64>(1) + seven), 1, "1 array elements do not fit");
  ExpectSectionRefused(Key("n", kU32, "abc"), 1, "truncated at byte");
}

}  // namespace
}  // namespace saelaw
