// The entries of one batch: the (latent, token) pairs whose pre-activation lies above the floor of
// the latent's straight-through window. Kept by latent, in blocks as the screen writes them, and
// seen by token through an index. No order depends on which thread did what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace saelaw {

// Calls task(0) ... task(count - 1), on any threads, in any order.
using Parallel = std::function<void(std::size_t count, const std::function<void(std::size_t)>&)>;

// Some consecutive latents' entries.
struct EntryBlock {
  std::size_t first_latent = 0;
  std::vector<std::uint32_t> begins;  // [latents + 1], into the following
  std::vector<std::uint32_t> tokens;  // ascending within a latent
  std::vector<float> pre_acts;
  std::size_t base = 0;  // number of the block's first entry among all

  std::size_t latents() const { return begins.size() - 1; }
};

// An entry as its token sees it.
struct TokenEntry {
  std::uint32_t latent = 0;
  std::uint32_t number = 0;  // among all entries, by latent
  float pre_act = 0;
};

class Entries {
 public:
  // Blocks of `block_latents` latents each (the last may have fewer), to be filled by the screen.
  void Resize(std::size_t latents, std::size_t block_latents);
  std::vector<EntryBlock>& blocks() { return blocks_; }
  const std::vector<EntryBlock>& blocks() const { return blocks_; }

  // After the blocks are filled: numbers the entries and sorts them by token; a token's entries are
  // in the order of latents.
  void IndexByToken(std::size_t tokens, const Parallel& parallel);

  std::span<const TokenEntry> OfToken(std::size_t token) const {
    return {by_token_.data() + token_begins_[token],
            token_begins_[token + 1] - token_begins_[token]};
  }
  // The loss's derivative by each entry's latent activation; by number.
  std::vector<float>& d_latents() { return d_latents_; }

 private:
  // Blocks are indexed in so many groups at once.
  static constexpr std::size_t kGroups = 16;

  std::vector<EntryBlock> blocks_;
  std::vector<std::uint32_t> places_;  // [kGroups, tokens]
  std::vector<std::uint32_t> token_begins_;
  std::vector<TokenEntry> by_token_;
  std::vector<float> d_latents_;
};

}  // namespace saelaw
