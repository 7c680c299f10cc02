#include "tokens/text_encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "tokens/utf8.h"

namespace saelaw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using std::string_literals::operator""s;

std::string Wide(std::string_view text, WideForm form) {
  std::string bytes;
  for (const char c : text) {
    std::string unit(static_cast<std::size_t>(form.bytes), '\0');
    (form.big_endian ? unit.back() : unit.front()) = c;
    bytes += unit;
  }
  return bytes;
}

std::string RefusalOf(std::string_view bytes) {
  try {
    const DecodedText decoded = DecodeText("a.txt", bytes);
    return "read as: " + std::string(decoded.text());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    return error.what();
  }
}

std::string Words(int count) {
  std::string words;
  for (int i = 0; i < count; ++i) words += "the cat and a horse\n";
  return words;
}

TEST(DecodeText, StripsTheMarkOfUtf8) {
  EXPECT_EQ(DecodeText("a", "\xEF\xBB\xBF\xC3\xA9t\xC3\xA9").text(), "\xC3\xA9t\xC3\xA9");
  EXPECT_EQ(DecodeText("a", "\xEF\xBB\xBF").text(), "");
  EXPECT_EQ(DecodeText("a", "").text(), "");
}

TEST(DecodeText, DecodesWhatAByteOrderMarkNames) {
  const std::string text = "a line\nand another";
  EXPECT_EQ(DecodeText("a", "\xFF\xFE" + Wide(text, {2, false})).text(), text);
  EXPECT_EQ(DecodeText("a", "\xFE\xFF" + Wide(text, {2, true})).text(), text);
  EXPECT_EQ(DecodeText("a", "\xFF\xFE\0\0"s + Wide(text, {4, false})).text(), text);
  EXPECT_EQ(DecodeText("a", "\0\0\xFE\xFF"s + Wide(text, {4, true})).text(), text);
  // U+1F600 is the pair D83D DE00.
  EXPECT_EQ(DecodeText("a", "\xFF\xFE\x3D\xD8\x00\xDE"s).text(), "\xF0\x9F\x98\x80");
}

TEST(DecodeText, CountsLoneSurrogatesAndCutEndsOfUtf16) {
  const DecodedText decoded =
      DecodeText("a", "\xFF\xFE\x3D\xD8"s + Wide(Words(50), {2, false}) + "x");
  EXPECT_EQ(decoded.replaced(), 2);
  EXPECT_THAT(RefusalOf("\xFF\xFE"s + std::string(64, '\xD8')), HasSubstr("byte order mark of"));
}

TEST(DecodeText, NamesWideEncodingsWithoutAMark) {
  EXPECT_THAT(RefusalOf(Wide(Words(4), {2, false})),
              AllOf(HasSubstr("a.txt: looks like UTF-16LE"),
                    HasSubstr("iconv -f UTF-16LE -t UTF-8 a.txt")));
  EXPECT_THAT(RefusalOf(Wide(Words(4), {2, true})), HasSubstr("looks like UTF-16BE"));
  EXPECT_THAT(RefusalOf(Wide(Words(4), {4, false})), HasSubstr("looks like UTF-32LE"));
  EXPECT_THAT(RefusalOf(Wide(Words(4), {4, true})), HasSubstr("looks like UTF-32BE"));
}

TEST(DecodeText, NamesLatin1WithTheNumberOfItsCharacters) {
  const std::string latin1 = "caf\xE9 na\xEFve for\xEAt " + Words(5);
  EXPECT_THAT(RefusalOf(latin1),
              AllOf(HasSubstr("3 of its 117 characters are not UTF-8"),
                    HasSubstr("iconv -f WINDOWS-1252 -t UTF-8 a.txt")));
  // One accent in a long English text is the loss that nobody sees.
  EXPECT_THAT(RefusalOf(Words(1000) + "caf\xE9 au lait"), HasSubstr("Latin-1"));
  EXPECT_THAT(RefusalOf("\x8D" + latin1), HasSubstr("iconv -f ISO-8859-1"));
}

TEST(DecodeText, NamesOtherEncodings) {
  std::string cyrillic;
  for (int i = 0; i < 100; ++i) cyrillic += "\xEF\xF0\xE8\xE2\xE5\xF2 ";
  EXPECT_THAT(RefusalOf(cyrillic), HasSubstr("another script"));
  EXPECT_THAT(RefusalOf("\x1B$B$3$s\x1B(B\n"), HasSubstr("ISO-2022"));
  std::string mixed;
  for (int i = 0; i < 100; ++i) mixed += "\xC3\xA9t\xC3\xA9 \xFF ";
  EXPECT_THAT(RefusalOf(mixed), HasSubstr("damaged or mixed"));
}

TEST(DecodeText, ReplacesAFewAndCountsThem) {
  const std::string utf8 = "\xC3\xA9t\xC3\xA9 " + Words(10);
  const DecodedText decoded = DecodeText("a", utf8 + "\xFF, \xFE, \xE9.");
  EXPECT_EQ(decoded.replaced(), 3);
  EXPECT_THAT(std::string(decoded.text()), HasSubstr("\xEF\xBF\xBD, \xEF\xBF\xBD, \xEF\xBF\xBD."));
  EXPECT_THAT(RefusalOf(utf8 + "\xFF, \xFE, \xE9, \xE9."), HasSubstr("4 of its"));
  const std::string large = Words(1000) + utf8;  // 20,204 characters: 20 are few
  std::string faults;
  for (int i = 0; i < 20; ++i) faults += "\xFF,";
  EXPECT_EQ(DecodeText("a", large + faults).replaced(), 20);
  EXPECT_THAT(RefusalOf(large + faults + "\xFF,"), HasSubstr("21 of its"));
}

TEST(DecodeText, ACutCharacterIsNoOtherEncoding) {
  EXPECT_EQ(DecodeText("a", Words(2) + "\xE2\x82").replaced(), 1);  // the end of `head -c`
  EXPECT_EQ(DecodeText("a", "\x82\xAC" + Words(2)).replaced(), 2);  // the second half of `split`
  EXPECT_THAT(RefusalOf(Words(2) + "\xE2\x82 more"), HasSubstr("not UTF-8"));
}

TEST(DecodeText, NamesFilesThatAreNoText) {
  const std::pair<std::string, const char*> kinds[] = {
      {"\x1F\x8B\x08\0"s, "a gzip archive"},
      {"\x28\xB5\x2F\xFD"s, "a zstd archive"},
      {"\xFD"
       "7zXZ\0"s,
       "an xz archive"},
      {"BZh91AY&SY\x80\0"s, "a bzip2 archive"},
      {"PK\x03\x04"s, "a zip archive"},
      {"PAR1\x15\0"s, "a Parquet table"},
      {"ARROW1\0\0"s, "an Arrow table"},
      {"%PDF-1.7\n"s, "a PDF"},
      {"\x40\0\0\0\0\0\0\0{\"w\":"s, "a safetensors file"},
      {"GGUF\x03\0\0\0"s, "a GGUF model"},
      {"\x89PNG\r\n\x1A\n"s, "a PNG image"},
      {"\x93NUMPY\x01\0"s, "a numpy array"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:1\n"s, "git lfs pull"},
      {"ids \0 of \1 some kind"s, "has NUL bytes (the first is byte 4)"}};
  for (const auto& [bytes, kind] : kinds) EXPECT_THAT(RefusalOf(bytes), HasSubstr(kind));
  for (const char* text : {"PAR1 is a name", "GGUF and ORC", "ORCHESTRA", "BZh is not a word"}) {
    EXPECT_EQ(RefusalOf(text), std::string("read as: ") + text);
  }
  std::string noise;
  for (int i = 0; i < 4000; ++i) noise += static_cast<char>(1 + (i * 97 + i * i * 31) % 255);
  EXPECT_THAT(RefusalOf(noise), HasSubstr("control characters"));
}

}  // namespace
}  // namespace saelaw
