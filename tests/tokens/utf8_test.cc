#include "tokens/utf8.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(Utf8, EveryScalarValueReadsBackAsItself) {
  for (char32_t code_point = 0; code_point < 0x110000; ++code_point) {
    if (code_point >= 0xD800 && code_point < 0xE000) continue;
    std::string text;
    AppendUtf8(code_point, text);
    const Utf8Step step = NextCharacter(text);
    ASSERT_TRUE(step.valid) << static_cast<unsigned>(code_point);
    ASSERT_EQ(step.code_point, code_point);
    ASSERT_EQ(step.bytes, text.size());
  }
}

TEST(Utf8, FindsFaultsBehindLongAsciiRuns) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("0123456789abcdef\xC3\xBC"));
  EXPECT_FALSE(IsUtf8("0123456789abcdef\xC3"));
  EXPECT_FALSE(IsUtf8("0123456789abcdef\xC3(0123456789"));
}

// The Unicode standard 15.0, section 3.9, tables 3-8 to 3-11.
TEST(RepairUtf8, ReplacesMaximalSubparts) {
  const std::string r = "\xEF\xBF\xBD";
  const RepairedText non_shortest = RepairUtf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41");
  EXPECT_EQ(non_shortest.text, r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(non_shortest.replaced, 8);
  EXPECT_EQ(RepairUtf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41").text,
            r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(RepairUtf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42").text,
            r + r + r + r + r + "A" + r + r + "B");
  const RepairedText truncated = RepairUtf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41");
  EXPECT_EQ(truncated.text, r + r + r + r + "A");
  EXPECT_EQ(truncated.replaced, 4);
}

}  // namespace
}  // namespace saelaw
