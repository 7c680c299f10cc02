#include "sae/cpu/entries.h"

#include <set>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr std::size_t kLatents = 70, kBlock = 32, kTokens = 5;

// Latent j has an entry of token t where this holds.
bool IsEntry(std::size_t j, std::size_t t) { return (j * 7 + t * 3) % 11 < 2 && t != 3; }

void Fill(Entries& entries) {
  entries.Resize(kLatents, kBlock);
  for (EntryBlock& block : entries.blocks()) {
    block.tokens.clear();
    block.pre_acts.clear();
    for (std::size_t i = 0; i < block.latents(); ++i) {
      const std::size_t latent = block.first_latent + i;
      for (std::uint32_t t = 0; t < kTokens; ++t) {
        if (!IsEntry(latent, t)) continue;
        block.tokens.push_back(t);
        block.pre_acts.push_back(static_cast<float>(latent * 100 + t));
      }
      block.begins[i + 1] = static_cast<std::uint32_t>(block.tokens.size());
    }
  }
}

// The order in which a pool may take tasks.
Parallel InOrder(bool forward) {
  return [forward](std::size_t count, const std::function<void(std::size_t)>& task) {
    for (std::size_t i = 0; i < count; ++i) task(forward ? i : count - 1 - i);
  };
}

TEST(Entries, AreCutIntoBlocksOfWhichTheLastIsSmaller) {
  Entries entries;
  entries.Resize(kLatents, kBlock);
  ASSERT_EQ(entries.blocks().size(), 3U);
  EXPECT_EQ(entries.blocks()[2].first_latent, 64U);
  EXPECT_EQ(entries.blocks()[2].latents(), 6U);
}

// Sums of fp32 depend on the order of what is added: it must not depend on threads.
TEST(Entries, StandByTokenInTheOrderOfLatentsWhoeverSortsThem) {
  for (const bool forward : {true, false}) {
    Entries entries;
    Fill(entries);
    entries.IndexByToken(kTokens, InOrder(forward));
    std::set<std::uint32_t> numbers;
    for (std::size_t t = 0; t < kTokens; ++t) {
      std::size_t next = 0;
      for (const TokenEntry& entry : entries.OfToken(t)) {
        while (next < kLatents && !IsEntry(next, t)) ++next;
        ASSERT_EQ(entry.latent, next) << "token " << t;
        EXPECT_EQ(entry.pre_act, static_cast<float>(next * 100 + t));
        const EntryBlock& block = entries.blocks()[next / kBlock];
        EXPECT_EQ(block.pre_acts[entry.number - block.base], entry.pre_act);
        EXPECT_TRUE(numbers.insert(entry.number).second) << entry.number;
        ++next;
      }
      while (next < kLatents && !IsEntry(next, t)) ++next;
      EXPECT_EQ(next, kLatents) << "token " << t << " lacks a latent";
    }
    EXPECT_TRUE(entries.OfToken(3).empty());
    EXPECT_GE(entries.d_latents().size(), numbers.size());
    EXPECT_EQ(*numbers.rbegin() + 1, numbers.size());  // from 0, without a gap
  }
}

// The next batch has other entries in the same memory.
TEST(Entries, AreThoseOfTheLastBatch) {
  Entries entries;
  Fill(entries);
  entries.IndexByToken(kTokens, InOrder(true));
  entries.Resize(kLatents, kBlock);
  entries.IndexByToken(kTokens, InOrder(true));
  for (std::size_t t = 0; t < kTokens; ++t) EXPECT_TRUE(entries.OfToken(t).empty());
}

}  // namespace
}  // namespace saelaw
