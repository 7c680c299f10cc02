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
  if (byte >= 0xC2 && byte <= 0xDF) return {2, byte & 0x1Fu};
  if (byte == 0xE0) return {3, 0, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0xDu, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, byte & 0xFu};
  if (byte == 0xF0) return {4, 0, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, byte & 7u};
  if (byte == 0xF4) return {4, 4, 0x80, 0x8F};
  return {};
}

// Bytes from `i` on that are ASCII, eight at a time.
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
    if (i >= text.size() || Byte(text, i) < low || Byte(text, i) > high) {
      return {U'\uFFFD', i, false};
    }
    code_point = code_point << 6 | (Byte(text, i) & 0x3Fu);
  }
  return {code_point, lead.length, true};
}

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
