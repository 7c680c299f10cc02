// The alphabet is a table that the compiler makes: it follows from one rule, and a table typed by
// hand could hide a wrong entry among 256.
#include "tokens/byte_alphabet.h"

#include <array>
#include <cstdint>

#include "tokens/utf8.h"

namespace saelaw {
namespace {

constexpr char32_t kFirstShifted = 0x100;
constexpr int kShiftedBytes = 68;

// The printable characters of Latin-1. U+00AD, the soft hyphen, is left out, for it shows nothing.
constexpr bool StandsForItself(int byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<char32_t, 256> character{};
  std::array<std::uint8_t, kShiftedBytes>
      shifted_byte{};  // the byte that U+0100 + index stands for
};

constexpr Alphabet MakeAlphabet() {
  Alphabet alphabet;
  int shifted = 0;
  for (int byte = 0; byte < 256; ++byte) {
    if (StandsForItself(byte)) {
      alphabet.character[byte] = static_cast<char32_t>(byte);
    } else {
      alphabet.shifted_byte[shifted] = static_cast<std::uint8_t>(byte);
      alphabet.character[byte] = kFirstShifted + static_cast<char32_t>(shifted++);
    }
  }
  return alphabet;
}

constexpr Alphabet kAlphabet = MakeAlphabet();

}  // namespace

std::optional<std::string> DecodeSpelling(std::string_view spelling) {
  std::string bytes;
  while (!spelling.empty()) {
    const Utf8Step step = NextCharacter(spelling);
    const char32_t c = step.code_point;
    // A character below U+0100 that does not stand for itself (a space, say) occurs in no spelling.
    if (c < kFirstShifted && StandsForItself(static_cast<int>(c))) {
      bytes.push_back(static_cast<char>(c));
    } else if (c >= kFirstShifted && c < kFirstShifted + kShiftedBytes) {
      bytes.push_back(static_cast<char>(kAlphabet.shifted_byte[c - kFirstShifted]));
    } else {
      return std::nullopt;
    }
    spelling.remove_prefix(step.bytes);
  }
  return bytes;
}

std::string SpellBytes(std::string_view bytes) {
  std::string spelling;
  for (const char byte : bytes) {
    AppendUtf8(kAlphabet.character[static_cast<std::uint8_t>(byte)], spelling);
  }
  return spelling;
}

}  // namespace saelaw
