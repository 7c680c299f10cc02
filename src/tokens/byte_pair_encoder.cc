// There are two ways to the same ids: words are short, and for them a scan over an array in the
// cache beats every structure; a piece of a million equal letters must not cost the square of its
// length, and for it a heap of candidates over a linked list gives n log n.
#include "tokens/byte_pair_encoder.h"

#include <algorithm>
#include <queue>

#include <fmt/format.h>

#include "core/files.h"
#include "tensors/message.h"
#include "tokens/byte_alphabet.h"

namespace saelaw {
namespace {

constexpr std::int32_t kNoToken = -1;
// Up to this many symbols a scan for the best pair was faster than a heap.
constexpr std::size_t kShortPiece = 64;

std::map<std::string, std::int32_t> MapTextsToIds(const TokenizerModel& model, Token::Kind kind) {
  std::map<std::string, std::int32_t> ids;
  for (std::size_t id = 0; id < model.tokens.size(); ++id) {
    const Token& token = model.tokens[id];
    // The first id of a text counts, where a damaged file gives it two.
    if (token.kind == kind) ids.emplace(token.text, static_cast<std::int32_t>(id));
  }
  return ids;
}

// Symbols of a long piece as a list in an array: merging removes the right one.
struct Symbol {
  std::int32_t id;
  std::int32_t previous;
  std::int32_t next;  // kNoToken at the end; a removed symbol has id kNoToken
};

// A possible merge of the symbol at `position` with its next one. It is out of date once either
// has been merged away or has grown, which its ids tell.
struct Candidate {
  Merge merge;
  std::int32_t position;
  std::int32_t left;
  std::int32_t right;
};

// The heap gives out its largest element, so the comparison is turned round: the best rank first,
// and among equal ranks the leftmost place, as the short way does it.
struct LaterFirst {
  bool operator()(const Candidate& a, const Candidate& b) const {
    return a.merge.rank != b.merge.rank ? a.merge.rank > b.merge.rank : a.position > b.position;
  }
};

class LongPiece {
 public:
  LongPiece(const PairTable& merges, const std::vector<std::int32_t>& ids, std::size_t begin)
      : merges_(merges) {
    const auto n = static_cast<std::int32_t>(ids.size() - begin);
    symbols_.reserve(n);
    for (std::int32_t i = 0; i < n; ++i) {
      symbols_.push_back({ids[begin + i], i - 1, i + 1 < n ? i + 1 : kNoToken});
    }
    for (std::int32_t i = 0; i + 1 < n; ++i) Consider(i);
  }

  void MergeAll() {
    while (!queue_.empty()) {
      const Candidate best = queue_.top();
      queue_.pop();
      // Candidates are never searched for in the heap to remove them; those out of date are dropped
      // here.
      if (IsCurrent(best)) Apply(best);
    }
  }

  void AppendTo(std::vector<std::int32_t>& ids) const {
    for (const Symbol& symbol : symbols_) {
      if (symbol.id != kNoToken) ids.push_back(symbol.id);
    }
  }

 private:
  bool IsCurrent(const Candidate& candidate) const {
    const Symbol& left = symbols_[candidate.position];
    return left.id == candidate.left && left.next != kNoToken &&
           symbols_[left.next].id == candidate.right;
  }

  void Consider(std::int32_t position) {
    const Symbol& left = symbols_[position];
    if (left.next == kNoToken) return;
    const std::int32_t right = symbols_[left.next].id;
    const Merge merge = merges_.Get(left.id, right);
    if (merge.exists()) queue_.push({merge, position, left.id, right});
  }

  void Apply(const Candidate& best) {
    Symbol& left = symbols_[best.position];
    Symbol& right = symbols_[left.next];
    left.id = best.merge.id;
    left.next = right.next;
    right.id = kNoToken;
    if (left.next != kNoToken) symbols_[left.next].previous = best.position;
    // The merged symbol has new neighbours on both sides, and only there can merges be new.
    if (left.previous != kNoToken) Consider(left.previous);
    Consider(best.position);
  }

  const PairTable& merges_;
  std::vector<Symbol> symbols_;
  std::priority_queue<Candidate, std::vector<Candidate>, LaterFirst> queue_;
};

}  // namespace

BytePairEncoder::BytePairEncoder(const TokenizerModel& model)
    : unknown_(model.unknown.value_or(kNoToken)),
      fuse_unknown_(model.fuse_unknown),
      merges_(model.merges.size()) {
  id_of_byte_.fill(kNoToken);
  const std::map<std::string, std::int32_t> id_of = MapTextsToIds(model, Token::Kind::kBytes);
  for (const auto& [text, id] : id_of) {
    const std::optional<std::string> bytes = DecodeSpelling(text);
    if (!bytes) continue;
    if (bytes->size() == 1) id_of_byte_[static_cast<std::uint8_t>(bytes->front())] = id;
    if (model.ignore_merges) whole_pieces_[*bytes] = id;
  }
  // A merge may name a token that the file marks as added.
  std::map<std::string, std::int32_t> all = id_of;
  all.merge(MapTextsToIds(model, Token::Kind::kLiteral));
  AddMerges(model, all);
}

void BytePairEncoder::AddMerges(const TokenizerModel& model,
                                const std::map<std::string, std::int32_t>& id_of) {
  const auto find = [&](const std::string& text, std::size_t rank) {
    const auto found = id_of.find(text);
    if (found == id_of.end()) {
      Refuse(
          model.path, "merge {} needs the token {}, which the vocabulary lacks", rank, Quote(text));
    }
    return found->second;
  };
  // The identity is made of bytes and ids and not of how a file writes them, so that a GGUF file
  // and a tokenizer.json of one tokenizer have the same.
  std::string canonical = fmt::format("bpe 1;unknown {};fuse {}", unknown_, fuse_unknown_);
  for (const std::int32_t id : id_of_byte_) canonical += fmt::format(";{}", id);
  for (const auto& [piece, id] : whole_pieces_) canonical += fmt::format("|{}={}", piece, id);
  for (std::size_t rank = 0; rank < model.merges.size(); ++rank) {
    const auto& [left, right] = model.merges[rank];
    const std::int32_t left_id = find(left, rank);
    const std::int32_t right_id = find(right, rank);
    const std::int32_t id = find(left + right, rank);
    merges_.Set(left_id, right_id, {static_cast<std::uint32_t>(rank), id});
    fmt::format_to(std::back_inserter(canonical), ";{},{},{}", left_id, right_id, id);
  }
  identity_ = HashBytes(canonical);
}

std::string BytePairEncoder::Identity() const { return identity_; }

void BytePairEncoder::Encode(std::string_view piece, std::vector<std::int32_t>& ids) const {
  // Where the model says so, a piece that is a token is taken whole, though merges may not lead to
  // it.
  if (!whole_pieces_.empty()) {
    const auto whole = whole_pieces_.find(piece);
    if (whole != whole_pieces_.end()) {
      ids.push_back(whole->second);
      return;
    }
  }
  const std::size_t begin = ids.size();
  AppendSymbols(piece, ids);
  if (ids.size() - begin <= kShortPiece) {
    MergeShort(ids, begin);
  } else {
    MergeLong(ids, begin);
  }
}

void BytePairEncoder::AppendSymbols(std::string_view piece, std::vector<std::int32_t>& ids) const {
  bool after_unknown = false;
  for (const char byte : piece) {
    const std::int32_t id = id_of_byte_[static_cast<std::uint8_t>(byte)];
    if (id != kNoToken) {
      ids.push_back(id);
    } else if (unknown_ != kNoToken && !(fuse_unknown_ && after_unknown)) {
      ids.push_back(unknown_);
    }
    after_unknown = id == kNoToken;
  }
}

void BytePairEncoder::MergeShort(std::vector<std::int32_t>& ids, std::size_t begin) const {
  std::size_t n = ids.size() - begin;
  if (n < 2) return;
  std::int32_t* symbols = ids.data() + begin;
  std::array<Merge, kShortPiece> pairs;  // pairs[i]: symbols i and i + 1
  for (std::size_t i = 0; i + 1 < n; ++i) pairs[i] = merges_.Get(symbols[i], symbols[i + 1]);
  while (n >= 2) {
    // min_element gives the first of equal ranks, which is the leftmost pair.
    const auto best = std::min_element(
        pairs.begin(), pairs.begin() + (n - 1), [](const Merge& a, const Merge& b) {
          return a.rank < b.rank;
        });
    if (!best->exists()) break;
    const std::size_t i = best - pairs.begin();
    symbols[i] = best->id;
    std::copy(symbols + i + 2, symbols + n, symbols + i + 1);
    std::copy(pairs.begin() + i + 1, pairs.begin() + (n - 1), pairs.begin() + i);
    --n;
    // Only the two pairs that the new symbol is part of have changed.
    if (i > 0) pairs[i - 1] = merges_.Get(symbols[i - 1], symbols[i]);
    if (i + 1 < n) pairs[i] = merges_.Get(symbols[i], symbols[i + 1]);
  }
  ids.resize(begin + n);
}

void BytePairEncoder::MergeLong(std::vector<std::int32_t>& ids, std::size_t begin) const {
  LongPiece piece(merges_, ids, begin);
  ids.resize(begin);
  piece.MergeAll();
  piece.AppendTo(ids);
}

}  // namespace saelaw
