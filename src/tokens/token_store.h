// The token ids of all documents of a corpus, one after the other, in memory or in a mapped cache
// file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "tensors/mapped_file.h"
#include "tokens/reading_counts.h"

namespace saelaw {

class TokenStore {
 public:
  // An empty store, to be filled with Append and EndDocument.
  TokenStore() = default;
  TokenStore(TokenStore&&) = default;
  TokenStore& operator=(TokenStore&&) = default;

  // The store that Save wrote; nothing when the file is absent or damaged in any way (its checksum
  // is compared), so that the caller makes it anew.
  static std::optional<TokenStore> Open(const std::filesystem::path& path);
  // Atomic. Throws IoError.
  void Save(const std::filesystem::path& path) const;

  // Where a document's ids are appended.
  std::vector<std::int32_t>& filling() { return filled_; }
  // Ends the document; one without tokens leaves no trace.
  void EndDocument();
  // What is known of the text's reading; its counts are saved too.
  TextReading& reading() { return reading_; }
  const TextReading& reading() const { return reading_; }

  std::span<const std::int32_t> ids() const { return mapped_ ? mapped_ids_ : filled_; }
  // Where each document begins in ids(), and the end: documents + 1 values, ascending from 0.
  const std::vector<std::int64_t>& begins() const { return begins_; }

 private:
  std::vector<std::int32_t> filled_;
  std::optional<MappedFile> mapped_;
  std::span<const std::int32_t> mapped_ids_;
  std::vector<std::int64_t> begins_ = {0};
  TextReading reading_;
};

}  // namespace saelaw
