// GPT-2's byte alphabet: how byte-level vocabularies spell arbitrary bytes in printable characters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace saelaw {

// The bytes that a vocabulary entry stands for ("Ġthe" → " the"); nothing when it holds a character
// outside the alphabet. Printable Latin-1 stands for itself, the other 68 bytes for U+0100 onwards
// in order (Radford et al. 2019, GPT-2's encoder.py, bytes_to_unicode).
std::optional<std::string> DecodeSpelling(std::string_view spelling);

// The inverse.
std::string SpellBytes(std::string_view bytes);

}  // namespace saelaw
