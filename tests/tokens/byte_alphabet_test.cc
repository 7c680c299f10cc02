#include "tokens/byte_alphabet.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(ByteAlphabet, SpellsEveryByteAndBack) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string bytes(1, static_cast<char>(byte));
    EXPECT_EQ(DecodeSpelling(SpellBytes(bytes)), bytes) << byte;
  }
  // GPT-2's vocabulary writes a space as Ġ, a newline as Ċ and the soft hyphen's byte as Ń.
  EXPECT_EQ(SpellBytes(" the\n\xAD"), "ĠtheĊŃ");
}

TEST(ByteAlphabet, RefusesCharactersOutsideIt) {
  EXPECT_EQ(DecodeSpelling("a b"), std::nullopt);  // a space is never itself
  EXPECT_EQ(DecodeSpelling("ń"), std::nullopt);    // U+0144, one past the last
  EXPECT_EQ(DecodeSpelling("中"), std::nullopt);
}

}  // namespace
}  // namespace saelaw
