// Documents are taken in the order of their hashes, which is a shuffle that depends on nothing but
// their content and the seed. Counting whole documents keeps neighbouring contexts from standing on
// both sides, and the limits keep a single long document from being the whole held-out set.
#include "tokens/split.h"

#include <algorithm>
#include <numeric>

namespace saelaw {
namespace {

using Indices = std::vector<std::size_t>;

// What is held out so far, and whether it is enough.
class Progress {
 public:
  Progress(const std::vector<DocumentSize>& documents, const SplitRules& rules)
      : documents_(documents) {
    std::int64_t cut = 0, tokens = 0;
    for (const DocumentSize& document : documents) {
      cut += document.contexts > 0 ? 1 : 0;
      tokens += document.tokens;
    }
    // A small corpus must not lose more than a share of its documents to the held-out set.
    wanted_documents_ = std::min(rules.documents, cut / kDocumentsPerHeldOut);
    wanted_tokens_ = std::max(kHeldOutShare * static_cast<double>(tokens),
                              static_cast<double>(rules.held_out_tokens));
  }

  bool Enough() const {
    return static_cast<std::int64_t>(taken_.size()) >= wanted_documents_ &&
           static_cast<double>(tokens_) >= wanted_tokens_ && tokens_ > 0;
  }
  // Equal documents have equal hashes and stand next to each other in the order.
  bool EqualsLast(std::size_t document) const {
    return !taken_.empty() && documents_[document].hash == documents_[taken_.back()].hash;
  }
  void Take(std::size_t document) {
    taken_.push_back(document);
    tokens_ += documents_[document].tokens;
  }
  const Indices& taken() const { return taken_; }

 private:
  const std::vector<DocumentSize>& documents_;
  std::int64_t wanted_documents_ = 0;
  double wanted_tokens_ = 0;
  Indices taken_;
  std::int64_t tokens_ = 0;
};

// Takes documents in the given order until there is enough, and then those that equal the last.
void TakeInOrder(const Indices& order, Progress& progress) {
  for (const std::size_t document : order) {
    if (progress.Enough() && !progress.EqualsLast(document)) break;
    progress.Take(document);
  }
}

// How many contexts there are when each document gives at most `most`.
std::int64_t ContextsWith(const std::vector<std::int64_t>& available, std::int64_t most) {
  return std::accumulate(
      available.begin(),
      available.end(),
      std::int64_t{0},
      [most](std::int64_t sum, std::int64_t own) { return sum + std::min(own, most); });
}

// Contexts hold fewer usable tokens where a document ends or a special token stands.
std::vector<std::int64_t> MeasuredTokens(const std::vector<DocumentSize>& documents,
                                         const Indices& held_out,
                                         const SplitRules& rules) {
  std::vector<std::int64_t> available;
  for (const std::size_t i : held_out) available.push_back(documents[i].contexts);
  const auto tokens_of = [&](const std::vector<std::int64_t>& measured) {
    double tokens = 0;
    for (std::size_t k = 0; k < held_out.size(); ++k) {
      const DocumentSize& document = documents[held_out[k]];
      if (measured[k] == 0) continue;
      tokens += static_cast<double>(document.tokens) * static_cast<double>(measured[k]) /
                static_cast<double>(document.contexts);
    }
    return tokens;
  };
  const std::int64_t all = std::accumulate(available.begin(), available.end(), std::int64_t{0});
  const std::int64_t spread = std::min(rules.documents, static_cast<std::int64_t>(held_out.size()));
  // At first as many contexts as would do if all were whole; then more, by what is still missing,
  // until the tokens suffice or all contexts are measured.
  std::int64_t wanted =
      std::max(spread, (rules.held_out_tokens + rules.context_tokens - 1) / rules.context_tokens);
  std::vector<std::int64_t> measured = ShareEqually(available, wanted);
  const auto asked = static_cast<double>(rules.held_out_tokens);
  for (double tokens = tokens_of(measured); tokens < asked && wanted < all;
       tokens = tokens_of(measured)) {
    const double short_of = (asked - tokens) / static_cast<double>(rules.context_tokens);
    wanted = std::min(all, wanted + std::max<std::int64_t>(1, static_cast<std::int64_t>(short_of)));
    measured = ShareEqually(available, wanted);
  }
  return measured;
}

}  // namespace

Split SplitDocuments(const std::vector<DocumentSize>& documents, const SplitRules& rules) {
  // Nothing is held out only where the user asks for exactly that.
  if (rules.held_out_tokens == 0) return {};
  double tokens = 0;
  for (const DocumentSize& document : documents) tokens += static_cast<double>(document.tokens);
  Indices ordinary, large;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const bool is_large = static_cast<double>(documents[i].tokens) > kLargestHeldOut * tokens;
    (is_large ? large : ordinary).push_back(i);
  }
  const auto by_hash = [&](std::size_t a, std::size_t b) {
    return documents[a].hash < documents[b].hash;
  };
  std::stable_sort(ordinary.begin(), ordinary.end(), by_hash);
  // Large ones come by size and equal sizes by hash: the sort by size is stable and keeps the order
  // by hash.
  std::stable_sort(large.begin(), large.end(), by_hash);
  std::stable_sort(large.begin(), large.end(), [&](std::size_t a, std::size_t b) {
    return documents[a].tokens < documents[b].tokens;
  });

  Progress progress(documents, rules);
  TakeInOrder(ordinary, progress);
  Split split;
  // Large documents are taken where the others do not suffice, and the caller says so to the user.
  if (!progress.Enough()) {
    const std::size_t before = progress.taken().size();
    TakeInOrder(large, progress);
    split.has_large = progress.taken().size() > before;
  }
  split.held_out = progress.taken();
  std::stable_sort(split.held_out.begin(), split.held_out.end(), by_hash);
  split.measured = MeasuredTokens(documents, split.held_out, rules);
  return split;
}

std::vector<std::int64_t> ShareEqually(const std::vector<std::int64_t>& available,
                                       std::int64_t wanted) {
  const std::int64_t all = std::accumulate(available.begin(), available.end(), std::int64_t{0});
  if (all <= wanted) return available;
  // In each round every document that has one left gives one context.
  std::int64_t rounds = 0;
  while (ContextsWith(available, rounds + 1) <= wanted) ++rounds;
  std::vector<std::int64_t> measured;
  std::int64_t rest = wanted - ContextsWith(available, rounds);
  for (const std::int64_t own : available) {
    const bool one_more = rest > 0 && own > rounds;
    rest -= one_more ? 1 : 0;
    measured.push_back(std::min(own, rounds + (one_more ? 1 : 0)));
  }
  return measured;
}

std::vector<std::int64_t> SpreadOver(std::int64_t contexts, std::int64_t count) {
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < count; ++i) places.push_back((2 * i + 1) * contexts / (2 * count));
  return places;
}

}  // namespace saelaw
