#include "core/random.h"

#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(Random, NormalHasTheMomentsAndTailsOfANormal) {
  Random random(7);
  constexpr int kDraws = 2'000'000;
  double sum = 0;
  double squares = 0;
  double fourths = 0;
  int beyond_two = 0;
  int beyond_tail = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.Normal();
    sum += x;
    squares += x * x;
    fourths += x * x * x * x;
    beyond_two += std::abs(x) > 2 ? 1 : 0;
    beyond_tail += std::abs(x) > 3.7 ? 1 : 0;
  }
  // The normal's moments and tails; the allowances are 5 standard errors.
  EXPECT_NEAR(sum / kDraws, 0, 5 / std::sqrt(kDraws));
  EXPECT_NEAR(squares / kDraws, 1, 5 * std::sqrt(2.0 / kDraws));
  EXPECT_NEAR(fourths / kDraws, 3, 5 * std::sqrt(96.0 / kDraws));
  const auto expect_share = [](int count, double share) {
    EXPECT_NEAR(count, kDraws * share, 5 * std::sqrt(kDraws * share));
  };
  expect_share(beyond_two, std::erfc(2 / M_SQRT2));
  expect_share(beyond_tail, std::erfc(3.7 / M_SQRT2));
}

TEST(Random, PermutationHoldsEveryIndexOnceAndDependsOnTheSeed) {
  const auto order = Permutation(1000, 3);
  EXPECT_THAT(order, ::testing::UnorderedElementsAreArray(Permutation(1000, 4)));
  EXPECT_NE(order, Permutation(1000, 4));
  EXPECT_EQ(order, Permutation(1000, 3));
  EXPECT_TRUE(Permutation(0, 3).empty());
}

// The definition, on the state that splitmix64 makes of the seed; computed apart from the class.
TEST(Random, IsXoshiroSeededBySplitMix) {
  std::uint64_t state[4];
  std::uint64_t counter = 42;
  for (std::uint64_t& word : state) {
    counter += 0x9e3779b97f4a7c15;
    std::uint64_t z = counter;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    word = z ^ (z >> 31);
  }
  const auto rotate = [](std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
  Random random(42);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(random.Bits(), rotate(state[0] + state[3], 23) + state[0]);
    const std::uint64_t t = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= t;
    state[3] = rotate(state[3], 45);
  }
}

TEST(Random, UniformIsNeverZeroAndBelowStaysBelow) {
  Random random(1);
  std::set<std::uint64_t> met;
  for (int i = 0; i < 10'000; ++i) {
    const double u = random.Uniform();
    ASSERT_GT(u, 0);
    ASSERT_LE(u, 1);
    met.insert(random.Below(7));
  }
  EXPECT_EQ(met, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(random.Below(1), 0u);
}

TEST(MixSeeds, EveryNumberItsPlaceAndTheirCountMatter) {
  const std::set<std::uint64_t> seeds = {MixSeeds({}),
                                         MixSeeds({0}),
                                         MixSeeds({0, 0}),
                                         MixSeeds({1, 0}),
                                         MixSeeds({0, 1}),
                                         MixSeeds({1})};
  EXPECT_EQ(seeds.size(), 6u);
  EXPECT_EQ(MixSeeds({3, 4}), MixSeeds({3, 4}));
}

}  // namespace
}  // namespace saelaw
