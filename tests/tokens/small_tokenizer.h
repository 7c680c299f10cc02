// The smallest tokenizer.json with merges, and what loading a changed one says.
#pragma once

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "tokens/fixtures.h"
#include "tokens/tokenizer.h"

namespace saelaw {

// Letters a to d and a space (Ġ), with the merges a+b and ab+c.
inline nlohmann::json SmallTokenizer() {
  return nlohmann::json::parse(R"({
    "normalizer": null,
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
    "added_tokens": [{"id": 8, "content": "<end>", "special": true}],
    "model": {"type": "BPE",
              "vocab": {"a": 0, "b": 1, "c": 2, "d": 3, "Ġ": 4, "ab": 5, "abc": 6},
              "merges": ["a b", ["ab", "c"]]}
  })");
}

// The message and exit code of the Error that loading throws.
inline std::pair<ExitCode, std::string> Failure(const std::string& content) {
  const TemporaryFolder folder;
  try {
    Tokenizer::Load(folder.Write("tokenizer.json", content));
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ExitCode::kComplete, ""};
}

}  // namespace saelaw
