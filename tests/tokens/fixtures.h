// What the token tests are made of: documents given as ids.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "temporary_folder.h"
#include "tokens/token_store.h"

namespace saelaw::testing {

inline const std::filesystem::path kData =
    std::filesystem::path(SAELAW_SOURCE_DIR) / "tests/tokens/data";

// Documents given as ids, no files.
inline TokenStore MakeStore(const std::vector<std::vector<std::int32_t>>& documents) {
  TokenStore store;
  for (const std::vector<std::int32_t>& document : documents) {
    store.filling().insert(store.filling().end(), document.begin(), document.end());
    store.EndDocument();
  }
  return store;
}

}  // namespace saelaw::testing
