// The merges of a BPE as a flat hash table: one cache line for most look-ups.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace saelaw {

struct Merge {
  std::uint32_t rank = kNone;  // smaller merges first
  std::int32_t id = 0;         // of the token that the pair becomes
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  bool exists() const { return rank != kNone; }
};

class PairTable {
 public:
  // Room for `pairs` entries, half full at most.
  explicit PairTable(std::size_t pairs)
      : slots_(std::bit_ceil(2 * pairs + 2)), shift_(64 - std::countr_zero(slots_.size())) {}

  // A pair given twice has its last merge.
  void Set(std::int32_t left, std::int32_t right, Merge merge) {
    Slot& slot = slots_[Find(Key(left, right))];
    slot = {Key(left, right), merge};
  }

  // A merge that does not exist when the pair is not in the table.
  Merge Get(std::int32_t left, std::int32_t right) const {
    return slots_[Find(Key(left, right))].merge;
  }

 private:
  struct Slot {
    std::uint64_t key = kFree;
    Merge merge;
  };
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};  // ids are never negative

  static std::uint64_t Key(std::int32_t left, std::int32_t right) {
    return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
  }

  // Multiplicative hashing (2^64 / golden ratio), then linear probing.
  std::size_t Find(std::uint64_t key) const {
    std::size_t i = (key * 0x9E3779B97F4A7C15ull) >> shift_;
    while (slots_[i].key != key && slots_[i].key != kFree) i = (i + 1) & (slots_.size() - 1);
    return i;
  }

  std::vector<Slot> slots_;
  int shift_;
};

}  // namespace saelaw
