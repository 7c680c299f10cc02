// The value at which the choice ends is the same however it is searched, and equal entries are
// chosen by token and latent: neither threads nor the floor above which entries were listed show.
#include "sae/cpu/keep_largest.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace saelaw {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A pair as it is ordered among equals: token, then latent.
using Place = std::pair<std::uint32_t, std::uint32_t>;

// Calls visit(place, pre-activation) for all entries of a block.
template <typename Visit>
void ForEntries(const EntryBlock& block, Visit visit) {
  for (std::size_t k = 0; k < block.latents(); ++k) {
    const auto latent = static_cast<std::uint32_t>(block.first_latent + k);
    for (std::uint32_t i = block.begins[k]; i < block.begins[k + 1]; ++i) {
      visit(Place{block.tokens[i], latent}, block.pre_acts[i]);
    }
  }
}

// Which of those equal to `last` stay, so that `count` stay in all; sorted.
std::vector<Place> EqualsThatStay(std::size_t count, float last, const Entries& entries) {
  std::size_t above = 0;
  std::vector<Place> equal;
  for (const EntryBlock& block : entries.blocks()) {
    ForEntries(block, [&](Place place, float pre_act) {
      if (pre_act == last) {
        equal.push_back(place);
      } else if (!(pre_act < last)) {
        above += 1;
      }
    });
  }
  std::sort(equal.begin(), equal.end());
  equal.resize(std::min(equal.size(), count - std::min(count, above)));
  return equal;
}

// Closes the gaps that removed entries leave. Returns the smallest that stays.
float Compact(float last, const std::vector<Place>& equal, EntryBlock& block) {
  float least = kInfinity;
  std::uint32_t to = 0, from = 0;
  for (std::size_t k = 0; k < block.latents(); ++k) {
    const auto latent = static_cast<std::uint32_t>(block.first_latent + k);
    const std::uint32_t end = block.begins[k + 1];
    block.begins[k] = to;
    for (; from < end; ++from) {
      const float pre_act = block.pre_acts[from];
      if (pre_act < last) continue;
      const Place place{block.tokens[from], latent};
      if (pre_act == last && !std::binary_search(equal.begin(), equal.end(), place)) continue;
      block.tokens[to] = block.tokens[from];
      block.pre_acts[to] = pre_act;
      least = std::min(least, pre_act);  // a NaN is never the smaller one here
      to += 1;
    }
  }
  block.begins[block.latents()] = to;
  block.tokens.resize(to);
  block.pre_acts.resize(to);
  return least;
}

}  // namespace

std::size_t CountEntries(const Entries& entries) {
  std::size_t count = 0;
  for (const EntryBlock& block : entries.blocks()) count += block.begins.back();
  return count;
}

float LargestValue(std::size_t count, const Entries& entries, std::vector<float>& values) {
  values.clear();
  for (const EntryBlock& block : entries.blocks()) {
    values.insert(values.end(), block.pre_acts.begin(), block.pre_acts.end());
  }
  if (values.size() < count || count == 0) return -kInfinity;
  // A NaN has no place in an order.
  for (float& value : values) value = std::isnan(value) ? kInfinity : value;
  const auto last = values.begin() + static_cast<std::ptrdiff_t>(count - 1);
  std::nth_element(values.begin(), last, values.end(), std::greater<>());
  return *last;
}

float KeepLargest(std::size_t count,
                  const Parallel& parallel,
                  Entries& entries,
                  std::vector<float>& values) {
  const float last = LargestValue(count, entries, values);
  const std::vector<Place> equal = EqualsThatStay(count, last, entries);
  std::vector<EntryBlock>& blocks = entries.blocks();
  std::vector<float> least(blocks.size(), kInfinity);
  parallel(blocks.size(), [&](std::size_t i) { least[i] = Compact(last, equal, blocks[i]); });
  return blocks.empty() ? kInfinity : *std::min_element(least.begin(), least.end());
}

}  // namespace saelaw
