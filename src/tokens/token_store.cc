// The cache file is mapped and used in place. It is believed only after its checksum has been
// compared: half a write, or a disk that lied, must not become another corpus under the same name.
#include "tokens/token_store.h"

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/errors.h"
#include "core/files.h"

namespace saelaw {
namespace {

// The file: kMagic, the payload's HashBytes (32 characters), then the payload, little-endian:
// int64 documents, tokens; ReadingCounts, all int64; int64 begins[documents + 1];
// int32 ids[tokens]. Stored: do not change without another number in kMagic.
constexpr std::string_view kMagic = "saelaw tokens 2\n";
constexpr std::size_t kPayload = 48;

struct Counts {
  std::int64_t documents = 0;
  std::int64_t tokens = 0;
  ReadingCounts reading;
};

static_assert(std::is_trivially_copyable_v<Counts> && sizeof(Counts) == 17 * sizeof(std::int64_t));

template <typename T>
void AppendRaw(std::string& out, const T* data, std::size_t count) {
  out.append(reinterpret_cast<const char*>(data), count * sizeof(T));
}

// Returns the counts of a payload if its size is what they say.
std::optional<Counts> ReadCounts(std::string_view payload) {
  Counts counts;
  if (payload.size() < sizeof(Counts)) return std::nullopt;
  std::memcpy(&counts, payload.data(), sizeof(Counts));
  // Counts beyond the file are refused before they are multiplied, where they could overflow to a
  // size that fits.
  const auto limit = static_cast<std::int64_t>(payload.size());
  const bool plausible = counts.documents >= 0 && counts.documents < limit && counts.tokens >= 0 &&
                         counts.tokens < limit;
  const std::int64_t size = plausible ? static_cast<std::int64_t>(sizeof(Counts)) +
                                            8 * (counts.documents + 1) + 4 * counts.tokens
                                      : -1;
  return size == limit ? std::optional(counts) : std::nullopt;
}

}  // namespace

void TokenStore::EndDocument() {
  const auto end = static_cast<std::int64_t>(filled_.size());
  if (end > begins_.back()) begins_.push_back(end);
}

std::optional<TokenStore> TokenStore::Open(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return std::nullopt;
  MappedFile file(path);
  const std::string_view all(reinterpret_cast<const char*>(file.bytes().data()),
                             file.bytes().size());
  if (all.size() < kPayload || all.substr(0, kMagic.size()) != kMagic) return std::nullopt;
  const std::string_view payload = all.substr(kPayload);
  const auto counts = ReadCounts(payload);
  if (!counts || HashBytes(payload) != all.substr(kMagic.size(), 32)) return std::nullopt;
  TokenStore store;
  store.reading_.counts = counts->reading;
  store.begins_.resize(static_cast<std::size_t>(counts->documents) + 1);
  const std::size_t begins_bytes = store.begins_.size() * sizeof(std::int64_t);
  // The begins are copied, the ids (most of the file) stay where they are mapped.
  std::memcpy(store.begins_.data(), payload.data() + sizeof(Counts), begins_bytes);
  const char* ids = payload.data() + sizeof(Counts) + begins_bytes;
  store.mapped_ids_ = {reinterpret_cast<const std::int32_t*>(ids),
                       static_cast<std::size_t>(counts->tokens)};
  store.mapped_ = std::move(file);
  return store;
}

void TokenStore::Save(const std::filesystem::path& path) const {
  const Counts counts = {static_cast<std::int64_t>(begins_.size()) - 1,
                         static_cast<std::int64_t>(ids().size()),
                         reading_.counts};
  // The head is filled in at the end, when the hash of the rest is known.
  std::string content(kPayload, '\0');
  AppendRaw(content, &counts, 1);
  AppendRaw(content, begins_.data(), begins_.size());
  AppendRaw(content, ids().data(), ids().size());
  const std::string hash = HashBytes(std::string_view(content).substr(kPayload));
  content.replace(0, kMagic.size(), kMagic);
  content.replace(kMagic.size(), hash.size(), hash);
  WriteFile(path, content);
}

}  // namespace saelaw
