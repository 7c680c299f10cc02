// The entries are turned from by-latent into by-token by a counting sort in three passes: count,
// sum up, place. The blocks are dealt to a fixed number of groups, and never to threads as they
// come, so that each token's entries end up in the order of latents.
#include "sae/cpu/entries.h"

#include <algorithm>

namespace saelaw {
namespace {

// Calls visit(block) for the blocks of one group: a run of neighbours, so that groups keep the
// order of latents.
template <typename Visit>
void ForGroup(std::vector<EntryBlock>& blocks, std::size_t group, std::size_t groups, Visit visit) {
  const std::size_t begin = blocks.size() * group / groups;
  const std::size_t end = blocks.size() * (group + 1) / groups;
  for (std::size_t i = begin; i < end; ++i) visit(blocks[i]);
}

}  // namespace

void Entries::Resize(std::size_t latents, std::size_t block_latents) {
  blocks_.resize((latents + block_latents - 1) / block_latents);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    blocks_[i].first_latent = i * block_latents;
    const std::size_t count = std::min(block_latents, latents - i * block_latents);
    blocks_[i].begins.assign(count + 1, 0);
  }
}

void Entries::IndexByToken(std::size_t tokens, const Parallel& parallel) {
  std::size_t size = 0;
  for (EntryBlock& block : blocks_) {
    block.base = size;
    size += block.begins.back();
  }
  // The lists grow by a quarter more than asked for, since L0 changes a little with every batch.
  if (by_token_.size() < size) by_token_.resize(size + size / 4);
  if (d_latents_.size() < size) d_latents_.resize(size + size / 4);

  // After the first pass a place holds how many entries a group has of a token, and after the
  // second where the first of them goes.
  places_.assign(kGroups * tokens, 0);
  parallel(kGroups, [&](std::size_t group) {
    std::uint32_t* count = places_.data() + group * tokens;
    ForGroup(blocks_, group, kGroups, [&](const EntryBlock& block) {
      for (std::size_t i = 0; i < block.begins.back(); ++i) count[block.tokens[i]] += 1;
    });
  });
  token_begins_.resize(tokens + 1);
  // Going by token first and by group second gives each group of a token its own stretch, without
  // locks.
  std::uint32_t place = 0;
  for (std::size_t token = 0; token < tokens; ++token) {
    token_begins_[token] = place;
    for (std::size_t group = 0; group < kGroups; ++group) {
      std::uint32_t& count = places_[group * tokens + token];
      const std::uint32_t next = place + count;
      count = place;
      place = next;
    }
  }
  token_begins_[tokens] = place;
  parallel(kGroups, [&](std::size_t group) {
    std::uint32_t* next = places_.data() + group * tokens;
    // Each group writes only to its own stretches, so the groups can run at once.
    ForGroup(blocks_, group, kGroups, [&](const EntryBlock& block) {
      for (std::size_t latent = 0; latent < block.latents(); ++latent) {
        for (std::uint32_t i = block.begins[latent]; i < block.begins[latent + 1]; ++i) {
          by_token_[next[block.tokens[i]]++] = {
              static_cast<std::uint32_t>(block.first_latent + latent),
              static_cast<std::uint32_t>(block.base + i),
              block.pre_acts[i]};
        }
      }
    });
  });
}

}  // namespace saelaw
