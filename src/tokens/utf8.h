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

// Appends one character; `code_point` must be a Unicode scalar value.
void AppendUtf8(char32_t code_point, std::string& out);

}  // namespace saelaw
