// Ids of words seen before: text repeats its words, and a look-up costs less than merging again.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace saelaw {

// Not thread-safe; see WordCachePool.
class WordCache {
 public:
  // Appends the ids of `word`, which `encode(word, ids)` appends when they are not known.
  template <typename EncodeWord>
  void Append(std::string_view word, std::vector<std::int32_t>& ids, const EncodeWord& encode) {
    if (word.size() > kMaxWordBytes) return encode(word, ids);
    const auto known = ranges_.find(word);
    if (known != ranges_.end()) {
      const auto [begin, count] = known->second;
      ids.insert(ids.end(), ids_.begin() + begin, ids_.begin() + begin + count);
      return;
    }
    const std::size_t begin = ids.size();
    encode(word, ids);
    Remember(word, ids, begin);
  }

 private:
  struct Range {
    std::uint32_t begin;
    std::uint32_t count;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const {
      return std::hash<std::string_view>()(word);
    }
  };
  static constexpr std::size_t kMaxWordBytes = 64;
  static constexpr std::size_t kMaxWords = 1 << 17;  // about 20 MB; then it starts afresh

  void Remember(std::string_view word, const std::vector<std::int32_t>& ids, std::size_t begin) {
    if (ranges_.size() >= kMaxWords) {
      ranges_.clear();
      ids_.clear();
    }
    const Range range = {static_cast<std::uint32_t>(ids_.size()),
                         static_cast<std::uint32_t>(ids.size() - begin)};
    ranges_.emplace(word, range);
    ids_.insert(ids_.end(), ids.begin() + static_cast<std::ptrdiff_t>(begin), ids.end());
  }

  std::unordered_map<std::string, Range, Hash, std::equal_to<>> ranges_;
  std::vector<std::int32_t> ids_;
};

// One cache for each thread that encodes at the same time, kept for the next text.
class WordCachePool {
 public:
  std::unique_ptr<WordCache> Take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<WordCache>();
    std::unique_ptr<WordCache> cache = std::move(free_.back());
    free_.pop_back();
    return cache;
  }
  void Return(std::unique_ptr<WordCache> cache) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(cache));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<WordCache>> free_;
};

}  // namespace saelaw
