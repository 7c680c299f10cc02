#include "study/design/next_rates.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "study/design/rate_lattice.h"

namespace saelaw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LrLawStage Stage() {
  LrLawStage stage;
  stage.points = 5;
  stage.factor = 2;
  stage.max_widenings = 2;
  stage.edge_seeds = 1;
  return stage;
}

// A valley with its minimum at `best`; rates from `cliff` on fail.
KnownRates Valley(std::vector<int> positions, int best, int cliff = 1000) {
  KnownRates known;
  for (int k : positions) {
    const bool failed = k >= cliff;
    known.all.push_back({k, 1.0 + 0.01 * (k - best) * (k - best), failed ? 0 : 1, failed ? 1 : 0});
  }
  return known;
}

// Asks until the size is settled; every rate from `cliff` on fails.
std::vector<int> Settle(const LrLawStage& stage, int best, int cliff = 1000) {
  std::vector<int> asked;
  for (int round = 0; round < 50; ++round) {
    const NextRates next = ChooseNextRates(stage, 0, Valley(asked, best, cliff));
    if (next.positions.empty()) break;
    asked.insert(asked.end(), next.positions.begin(), next.positions.end());
  }
  std::sort(asked.begin(), asked.end());
  return asked;
}

double Ratio(const LrLawStage& stage, int from, int to) {
  const RateLattice lattice = LatticeOf(stage, 1);
  return lattice.Rate(to) / lattice.Rate(from);
}

// Whatever the factor: survivor and failure end within bisect_to of each other, and the best rate's
// neighbours within √2.
TEST(ChooseNextRates, BisectsAsFarAsIsAskedAtAnyFactor) {
  for (const double factor : {4.0, 2.0, 1.5}) {
    for (const double bisect_to : {2.5, 1.4143, 1.1}) {
      SCOPED_TRACE(testing::Message() << factor << " " << bisect_to);
      LrLawStage stage = Stage();
      stage.factor = factor;
      stage.bisect_to = bisect_to;
      const int cliff = LatticeOf(stage, 1).steps + 1;
      const std::vector<int> asked = Settle(stage, 1000, cliff);
      const auto failure = std::lower_bound(asked.begin(), asked.end(), cliff);
      ASSERT_NE(failure, asked.begin());
      ASSERT_NE(failure, asked.end());
      EXPECT_LE(Ratio(stage, *(failure - 1), *failure), bisect_to);
      const std::vector<int> interior = Settle(stage, 0);
      const auto best = std::find(interior.begin(), interior.end(), 0);
      EXPECT_LE(Ratio(stage, 0, *(best + 1)), kRefineTo);
      EXPECT_LE(Ratio(stage, *(best - 1), 0), kRefineTo);
    }
  }
}

TEST(ChooseNextRates, AsksForMoreSeedsOnBothSidesOfACliff) {
  LrLawStage stage = Stage();
  stage.edge_seeds = 3;
  KnownRates known = Valley({-4, -2, 0, 1, 2, 3, 4}, 100, 3);
  NextRates next = ChooseNextRates(stage, 0, known);
  EXPECT_THAT(next.positions, ElementsAre(2, 3));
  EXPECT_EQ(next.seeds, 3);
  known.at_edge = {{2, 1.0, 3, 0}, {3, 0, 1, 2}};
  EXPECT_THAT(ChooseNextRates(stage, 0, known).positions, IsEmpty());
  // A further seed of the last survivor failed: the cliff moves down, and the search with it.
  known.at_edge = {{2, 1.0, 2, 1}, {3, 0, 0, 3}};
  next = ChooseNextRates(stage, 0, known);
  EXPECT_THAT(next.positions, ElementsAre(1));
  EXPECT_EQ(next.seeds, 3);
  // An interior best far below the cliff asks for none.
  EXPECT_THAT(ChooseNextRates(stage, 0, Valley({-4, -2, -1, 0, 1, 2, 4}, 0, 4)).positions,
              ElementsAre(2, 4));
  EXPECT_THAT(ChooseNextRates(stage, -4, Valley({-8, -6, -5, -4, -3, -2, 0}, -4, 1)).positions,
              IsEmpty());
}

// Further seeds have streams of their own, which may be easy ones.
TEST(ChooseNextRates, ComparesRatesByTheSeedsThatAllHave) {
  LrLawStage stage = Stage();
  stage.edge_seeds = 2;
  KnownRates known = Valley({-4, -2, -1, 0, 1, 2, 4}, 0, 4);
  EXPECT_THAT(ChooseNextRates(stage, 0, known).positions, ElementsAre(2, 4));
  known.at_edge = {{2, 0.5, 2, 0}, {4, 0, 0, 2}};
  EXPECT_THAT(ChooseNextRates(stage, 0, known).positions, IsEmpty());
}

TEST(ChooseNextRates, BeginsWithTheGrid) {
  EXPECT_THAT(ChooseNextRates(Stage(), 0, {}).positions, ElementsAre(-4, -2, 0, 2, 4));
  EXPECT_THAT(ChooseNextRates(Stage(), 2, {}).positions, ElementsAre(-2, 0, 2, 4, 6));
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley({-4, 0, 4}, 0)).positions, ElementsAre(-2, 2));
}

TEST(ChooseNextRates, RefinesAnInteriorBestAndStops) {
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley({-4, -2, 0, 2, 4}, 0)).positions,
              ElementsAre(1, -1));
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley({-4, -2, -1, 0, 1, 2, 4}, 0)).positions,
              IsEmpty());
}

TEST(ChooseNextRates, WidensAtTheEdgeButNotForEver) {
  std::vector<int> grid = {-4, -2, 0, 2, 4};
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley(grid, 100)).positions, ElementsAre(6, 8));
  grid.insert(grid.end(), {6, 8});
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley(grid, 100)).positions, ElementsAre(10, 12));
  grid.insert(grid.end(), {10, 12});
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley(grid, 100)).positions, IsEmpty());
}

TEST(ChooseNextRates, BisectsBesideACliffAndDoesNotWiden) {
  const NextRates next = ChooseNextRates(Stage(), 0, Valley({-4, -2, 0, 2, 4}, 100, 3));
  EXPECT_THAT(next.positions, ElementsAre(3, 1));
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley({-4, -2, 0, 1, 2, 3, 4}, 100, 3)).positions,
              IsEmpty());
}

TEST(ChooseNextRates, GoesDownWhenNothingSurvived) {
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley({-4, -2, 0, 2, 4}, 0, -100)).positions,
              ElementsAre(-6, -8));
}

TEST(RateOutcome, OneFailedSeedIsAFailure) {
  int best = 0;
  EXPECT_FALSE(BestSurvivor({{0, 1.0, 2, 1}}, &best));
}

}  // namespace
}  // namespace saelaw
