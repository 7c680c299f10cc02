// This is written by hand and not taken from a library, because each caller needs the exact extent
// of an ill-formed sequence (the Unicode standard's maximal subpart): files are repaired as Python
// and Rust do it, and counted.
#include "tokens/utf8.h"

#include <cstring>

namespace saelaw {
namespace {

std::uint8_t Byte(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

// What the lead byte says of its sequence: its length, its value bits, and the range of the second
// byte, which is where overlong forms, surrogates and too large values are excluded.
struct Lead {
  std::size_t length = 0;  // 0: not a lead byte
  char32_t bits = 0;
  std::uint8_t second_low = 0x80;
  std::uint8_t second_high = 0xBF;
};

Lead ReadLead(std::uint8_t byte) {
  // C0 and C1 would begin overlong forms of ASCII, F5 and above values beyond U+10FFFF.
  if (byte >= 0xC2 && byte <= 0xDF) return {2, byte & 0x1Fu};
  if (byte == 0xE0) return {3, 0, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0xDu, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, byte & 0xFu};
  if (byte == 0xF0) return {4, 0, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, byte & 7u};
  if (byte == 0xF4) return {4, 4, 0x80, 0x8F};
  return {};
}

// Returns the first place from `i` on that is no ASCII, looking at eight bytes at a time.
std::size_t SkipAscii(std::string_view text, std::size_t i) {
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t block;
    std::memcpy(&block, text.data() + i, 8);
    if ((block & 0x8080808080808080ull) != 0) break;
  }
  while (i < text.size() && Byte(text, i) < 0x80) ++i;
  return i;
}

}  // namespace

Utf8Step NextCharacter(std::string_view text) {
  const std::uint8_t first = Byte(text, 0);
  if (first < 0x80) return {first, 1, true};
  const Lead lead = ReadLead(first);
  if (lead.length == 0) return {U'\uFFFD', 1, false};
  char32_t code_point = lead.bits;
  for (std::size_t i = 1; i < lead.length; ++i) {
    const std::uint8_t low = i == 1 ? lead.second_low : 0x80;
    const std::uint8_t high = i == 1 ? lead.second_high : 0xBF;
    // The byte that does not fit is not taken: it may begin the next character.
    if (i >= text.size() || Byte(text, i) < low || Byte(text, i) > high) {
      return {U'\uFFFD', i, false};
    }
    code_point = code_point << 6 | (Byte(text, i) & 0x3Fu);
  }
  return {code_point, lead.length, true};
}

// Most text is ASCII, so runs of it are passed over by words.
bool IsUtf8(std::string_view text) {
  for (std::size_t i = SkipAscii(text, 0); i < text.size(); i = SkipAscii(text, i)) {
    const Utf8Step step = NextCharacter(text.substr(i));
    if (!step.valid) return false;
    i += step.bytes;
  }
  return true;
}

RepairedText RepairUtf8(std::string_view text) {
  RepairedText repaired;
  repaired.text.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Step step = NextCharacter(text.substr(i));
    if (step.valid) {
      repaired.text.append(text.substr(i, step.bytes));
    } else {
      repaired.text.append("\xEF\xBF\xBD");
      ++repaired.replaced;
    }
    i += step.bytes;
  }
  return repaired;
}

namespace {

// Whether the text ends inside a character whose bytes so far are well-formed.
bool EndsInsideCharacter(std::string_view rest) {
  const std::size_t length = ReadLead(Byte(rest, 0)).length;
  return length > rest.size() && NextCharacter(rest).bytes == rest.size();
}

// How many bytes at the front are the rest of a character that began before the text.
std::int64_t CutAtFront(std::string_view text) {
  constexpr std::size_t kLongestRest = 3;
  std::size_t count = 0;
  // More than three in a row are the rest of no character.
  while (count < text.size() && (Byte(text, count) & 0xC0) == 0x80) ++count;
  return count <= kLongestRest ? static_cast<std::int64_t>(count) : 0;
}

char32_t UnitAt(std::string_view bytes, std::size_t at, WideForm form) {
  char32_t unit = 0;
  for (int i = 0; i < form.bytes; ++i) {
    const int place = form.big_endian ? i : form.bytes - 1 - i;
    unit = unit << 8 | Byte(bytes, at + static_cast<std::size_t>(place));
  }
  return unit;
}

bool IsSurrogate(char32_t unit) { return unit >= 0xD800 && unit < 0xE000; }

}  // namespace

Utf8Census CountUtf8(std::string_view text) {
  Utf8Census census;
  census.cut = CutAtFront(text);
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = SkipAscii(text, i);
    census.characters += static_cast<std::int64_t>(end - i);
    i = end;
    if (i == text.size()) break;
    const Utf8Step step = NextCharacter(text.substr(i));
    ++census.characters;
    ++(step.valid ? census.wide : census.ill_formed);
    if (!step.valid && EndsInsideCharacter(text.substr(i))) ++census.cut;
    i += step.bytes;
  }
  return census;
}

std::string_view WithoutUtf8Mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.substr(0, kMark.size()) == kMark ? text.substr(kMark.size()) : text;
}

RepairedText DecodeWide(std::string_view bytes, WideForm form) {
  RepairedText decoded;
  decoded.text.reserve(bytes.size());
  const auto width = static_cast<std::size_t>(form.bytes);
  const std::size_t whole = bytes.size() - bytes.size() % width;
  for (std::size_t i = 0; i < whole; i += width) {
    char32_t character = UnitAt(bytes, i, form);
    const bool high = width == 2 && character >= 0xD800 && character < 0xDC00;
    // Only UTF-16 has pairs; a lone half is no character.
    const char32_t next = high && i + width < whole ? UnitAt(bytes, i + width, form) : 0;
    if (next >= 0xDC00 && next < 0xE000) {
      character = 0x10000 + ((character & 0x3FF) << 10 | (next & 0x3FF));
      i += width;
    }
    const bool valid = character < 0x110000 && !IsSurrogate(character);
    AppendUtf8(valid ? character : U'\uFFFD', decoded.text);
    decoded.replaced += valid ? 0 : 1;
  }
  // A part of a character at the end: the file was cut.
  if (whole < bytes.size()) {
    AppendUtf8(U'\uFFFD', decoded.text);
    ++decoded.replaced;
  }
  return decoded;
}

void AppendUtf8(char32_t code_point, std::string& out) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

}  // namespace saelaw
