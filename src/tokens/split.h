// Which documents of a corpus are held out, and which contexts of them are measured on. Pure: of
// documents' sizes and the hashes of their content alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace saelaw {

// What the split needs to know of a document.
struct DocumentSize {
  std::string hash;           // of its content and the split_seed; equal documents have equal ones
  std::int64_t contexts = 0;  // that it is cut into
  std::int64_t tokens = 0;    // usable ones in them
};

struct SplitRules {
  std::int64_t held_out_tokens = 16384;  // that the held-out contexts hold, at least
  std::int64_t documents = 64;        // measured on, at least, where there are five times as many
  std::int64_t context_tokens = 255;  // usable ones of a whole context
};

// Shares of a corpus. Part of what a run's numbers mean: do not change.
inline constexpr double kHeldOutShare = 0.02;    // of the text, at least
inline constexpr double kLargestHeldOut = 0.05;  // of the text, of one held-out document
inline constexpr std::int64_t kDocumentsPerHeldOut =
    5;  // one of so many is held out at most for the count's sake

struct Split {
  // Held out, in order of hash; no run trains on any of them.
  std::vector<std::size_t> held_out;
  // How many contexts of each are measured on; a few each, as equally as the documents allow. 0
  // where others suffice.
  std::vector<std::int64_t> measured;
  // The documents could only be had by holding out one of more than kLargestHeldOut.
  bool has_large = false;
};

// Documents in order of hash are held out until they are `documents`, kHeldOutShare of all tokens
// and contexts for `held_out_tokens`; one of more than kLargestHeldOut of the tokens is passed over
// unless there is no other way, the smallest first. What has a hash in common goes together.
// Holds out everything where even that is too little: the caller looks whether anything is left.
// With 0 held_out_tokens nothing is.
Split SplitDocuments(const std::vector<DocumentSize>& documents, const SplitRules& rules);

// `wanted` in all out of what there is of each, as equally as that allows; what is left over after
// the last whole round goes to the first ones. All where there are fewer.
std::vector<std::int64_t> ShareEqually(const std::vector<std::int64_t>& available,
                                       std::int64_t wanted);

// `count` of `contexts` places, spread evenly: ⌊(i + 1/2)·contexts/count⌋.
std::vector<std::int64_t> SpreadOver(std::int64_t contexts, std::int64_t count);

}  // namespace saelaw
