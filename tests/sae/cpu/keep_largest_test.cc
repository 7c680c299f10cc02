#include "sae/cpu/keep_largest.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::ElementsAre;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

void InOrder(std::size_t count, const std::function<void(std::size_t)>& task) {
  for (std::size_t i = 0; i < count; ++i) task(i);
}

// Two blocks of two latents: latent 0 has entries at tokens 0, 2; 1 at 1; 2 none; 3 at 0, 1, 2.
Entries Some(const std::vector<float>& values) {
  Entries entries;
  entries.Resize(4, 2);
  entries.blocks()[0].begins = {0, 2, 3};
  entries.blocks()[0].tokens = {0, 2, 1};
  entries.blocks()[0].pre_acts = {values[0], values[1], values[2]};
  entries.blocks()[1].begins = {0, 0, 3};
  entries.blocks()[1].tokens = {0, 1, 2};
  entries.blocks()[1].pre_acts = {values[3], values[4], values[5]};
  return entries;
}

float Keep(std::size_t count, Entries& entries) {
  std::vector<float> scratch;
  return KeepLargest(count, InOrder, entries, scratch);
}

TEST(KeepLargest, ClosesTheGapsOfWhatItRemoves) {
  Entries entries = Some({5, 1, 4, 2, 6, 3});
  EXPECT_EQ(CountEntries(entries), 6U);
  EXPECT_EQ(Keep(3, entries), 4);
  EXPECT_THAT(entries.blocks()[0].begins, ElementsAre(0, 1, 2));
  EXPECT_THAT(entries.blocks()[0].tokens, ElementsAre(0, 1));
  EXPECT_THAT(entries.blocks()[0].pre_acts, ElementsAre(5, 4));
  EXPECT_THAT(entries.blocks()[1].begins, ElementsAre(0, 0, 1));
  EXPECT_THAT(entries.blocks()[1].tokens, ElementsAre(1));
  EXPECT_EQ(CountEntries(entries), 3U);
}

TEST(KeepLargest, KeepsAllWhereTheyAreFewer) {
  Entries entries = Some({5, 1, 4, 2, 6, 3});
  EXPECT_EQ(Keep(7, entries), 1);
  EXPECT_EQ(CountEntries(entries), 6U);
  Entries none;
  none.Resize(4, 2);
  EXPECT_EQ(Keep(1, none), kInfinity);
}

// Token 0 of latent 0, token 0 of latent 3, token 1 of latent 1: in this order.
TEST(KeepLargest, OfEqualsTakesTheFirstTokensFirstLatents) {
  Entries entries = Some({5, 5, 5, 5, 9, 5});
  EXPECT_EQ(Keep(3, entries), 5);
  EXPECT_THAT(entries.blocks()[0].tokens, ElementsAre(0));
  EXPECT_THAT(entries.blocks()[1].tokens, ElementsAre(0, 1));
  entries = Some({5, 5, 5, 5, 9, 5});
  Keep(4, entries);
  EXPECT_THAT(entries.blocks()[0].tokens, ElementsAre(0, 1));
}

TEST(KeepLargest, NeverRemovesANan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Entries entries = Some({nan, 1, nan, nan, 6, 3});
  Keep(2, entries);
  EXPECT_EQ(CountEntries(entries), 3U);
  EXPECT_TRUE(std::isnan(entries.blocks()[0].pre_acts[0]));
}

TEST(LargestValue, IsTheCountthAndNothingBeyond) {
  const Entries entries = Some({5, 1, 4, 2, 6, 3});
  std::vector<float> scratch;
  EXPECT_EQ(LargestValue(1, entries, scratch), 6);
  EXPECT_EQ(LargestValue(6, entries, scratch), 1);
  EXPECT_EQ(LargestValue(7, entries, scratch), -kInfinity);
}

}  // namespace
}  // namespace saelaw
