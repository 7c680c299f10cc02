// UTF-8 as text files have it: mostly valid. Tokenizers see valid UTF-8 alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace saelaw {

// One character read from the front of a text.
struct Utf8Step {
  char32_t code_point = 0;  // U+FFFD when the bytes are no character
  std::size_t bytes = 1;    // bytes taken; of an ill-formed sequence its maximal subpart
  bool valid = false;
};

// The first character of `text`, which must not be empty. Overlong forms, surrogates and values
// above U+10FFFF are ill-formed (Unicode 15, section 3.9, table 3-7).
Utf8Step NextCharacter(std::string_view text);

bool IsUtf8(std::string_view text);

struct RepairedText {
  std::string text;
  std::int64_t replaced = 0;  // number of U+FFFD put in
};

// Each maximal ill-formed subpart becomes one U+FFFD, as the Unicode standard recommends and as
// Python's and Rust's lossy decoders do.
RepairedText RepairUtf8(std::string_view text);

// What a text that may not be UTF-8 is made of.
struct Utf8Census {
  std::int64_t characters = 0;  // ill-formed subparts counted as one each
  std::int64_t ill_formed = 0;
  std::int64_t wide = 0;  // well-formed characters of two bytes or more
  // Of the ill-formed: those that are a character cut in two by the text's beginning or end.
  std::int64_t cut = 0;
};

Utf8Census CountUtf8(std::string_view text);

// Without the byte order mark U+FEFF at the front, where there is one.
std::string_view WithoutUtf8Mark(std::string_view text);

// Characters of a fixed number of bytes (2: UTF-16, 4: UTF-32).
struct WideForm {
  int bytes = 2;
  bool big_endian = false;
};

// As UTF-8. Lone surrogates, values above U+10FFFF and a part at the end become one U+FFFD each.
RepairedText DecodeWide(std::string_view bytes, WideForm form);

// Appends one character; `code_point` must be a Unicode scalar value.
void AppendUtf8(char32_t code_point, std::string& out);

}  // namespace saelaw
