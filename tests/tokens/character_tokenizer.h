// The simplest tokenizer.json that is read, for models of random weights.
#pragma once

#include <string>

#include <fmt/format.h>

namespace saelaw {

// One token for each printable character: 95.
inline std::string CharacterTokenizer() {
  std::string vocabulary = R"("Ġ": 94)";
  for (char c = '!'; c <= '~'; ++c) {
    const std::string escape = c == '"' || c == '\\' ? "\\" : "";
    vocabulary += fmt::format(R"(, "{}{}": {})", escape, c, c - '!');
  }
  return fmt::format(R"({{"pre_tokenizer": {{"type": "ByteLevel", "add_prefix_space": false}},)"
                     R"("model": {{"type": "BPE", "vocab": {{{}}}, "merges": []}}}})",
                     vocabulary);
}

}  // namespace saelaw
