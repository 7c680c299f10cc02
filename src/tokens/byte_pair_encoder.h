// Byte pair encoding of one piece of text (Sennrich et al. 2016, arXiv 1508.07909): the best-ranked
// neighbouring pair is merged, leftmost first, until no pair has a merge.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokens/pair_table.h"
#include "tokens/tokenizer_model.h"

namespace saelaw {

// Immutable; may be used by several threads at once.
class BytePairEncoder {
 public:
  // Throws IoError when a merge names a token that the vocabulary lacks.
  explicit BytePairEncoder(const TokenizerModel& model);

  // Appends the piece's ids. n log n in the length of the piece.
  void Encode(std::string_view piece, std::vector<std::int32_t>& ids) const;

  // Hash of all that determines the ids of a piece. Stored: do not change.
  std::string Identity() const;

 private:
  void AddMerges(const TokenizerModel& model, const std::map<std::string, std::int32_t>& id_of);
  void AppendSymbols(std::string_view piece, std::vector<std::int32_t>& ids) const;
  void MergeShort(std::vector<std::int32_t>& ids, std::size_t begin) const;
  void MergeLong(std::vector<std::int32_t>& ids, std::size_t begin) const;

  std::array<std::int32_t, 256> id_of_byte_;
  std::int32_t unknown_;
  bool fuse_unknown_;
  PairTable merges_;
  std::map<std::string, std::int32_t, std::less<>> whole_pieces_;  // with ignore_merges alone
  std::string identity_;
};

}  // namespace saelaw
