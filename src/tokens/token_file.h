// Token ids that were made elsewhere: .npy arrays and raw .bin files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "tokens/token_store.h"

namespace saelaw {

struct TokenFileRules {
  std::string dtype;                      // of .bin files: "u16" or "u32", little-endian
  std::optional<std::int32_t> separator;  // ends a document and belongs to it
  std::int64_t block_tokens = 0;          // a document's length where there is no separator
  std::int64_t vocabulary = 0;            // ids must be below this
};

// Appends the file's documents. Throws ConfigurationError for an unknown extension or dtype and for
// an id outside the vocabulary, IoError for a damaged file.
void AppendTokenFile(const std::filesystem::path& file,
                     const TokenFileRules& rules,
                     TokenStore& store);

}  // namespace saelaw
