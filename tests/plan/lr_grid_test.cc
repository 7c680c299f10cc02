#include "plan/lr_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LrLawStage Stage() {
  LrLawStage stage;
  stage.points = 5;
  stage.factor = 2;
  stage.max_widenings = 2;
  return stage;
}

// A valley with its minimum at `best`; rates from `cliff` on fail.
std::vector<RateOutcome> Valley(std::vector<int> half_steps, int best, int cliff = 1000) {
  std::vector<RateOutcome> known;
  for (int k : half_steps) {
    const bool failed = k >= cliff;
    known.push_back({k, 1.0 + 0.01 * (k - best) * (k - best), failed ? 0 : 1, failed ? 1 : 0});
  }
  return known;
}

TEST(LatticeRate, IsTheSameDoubleFromEverywhere) {
  int position = 0;
  for (int k = -20; k <= 20; ++k) {
    EXPECT_TRUE(LatticePosition(4e-3, 2, LatticeRate(4e-3, 2, k), &position));
    EXPECT_EQ(position, k);
  }
  EXPECT_FALSE(LatticePosition(4e-3, 2, 4.1e-3, &position));
  EXPECT_EQ(LatticeRate(4e-3, 2, 0), 4e-3);
}

TEST(ChooseNextRates, BeginsWithTheGrid) {
  EXPECT_THAT(ChooseNextRates(Stage(), 0, {}).half_steps, ElementsAre(-4, -2, 0, 2, 4));
  EXPECT_THAT(ChooseNextRates(Stage(), 2, {}).half_steps, ElementsAre(-2, 0, 2, 4, 6));
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley({-4, 0, 4}, 0)).half_steps, ElementsAre(-2, 2));
}

TEST(ChooseNextRates, RefinesAnInteriorBestAndStops) {
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley({-4, -2, 0, 2, 4}, 0)).half_steps,
              ElementsAre(1, -1));
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley({-4, -2, -1, 0, 1, 2, 4}, 0)).half_steps,
              IsEmpty());
}

TEST(ChooseNextRates, WidensAtTheEdgeButNotForEver) {
  std::vector<int> grid = {-4, -2, 0, 2, 4};
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley(grid, 100)).half_steps, ElementsAre(6, 8));
  grid.insert(grid.end(), {6, 8});
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley(grid, 100)).half_steps, ElementsAre(10, 12));
  grid.insert(grid.end(), {10, 12});
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley(grid, 100)).half_steps, IsEmpty());
}

TEST(ChooseNextRates, BisectsBesideACliffAndDoesNotWiden) {
  const NextRates next = ChooseNextRates(Stage(), 0, Valley({-4, -2, 0, 2, 4}, 100, 3));
  EXPECT_THAT(next.half_steps, ElementsAre(3, 1));
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley({-4, -2, 0, 1, 2, 3, 4}, 100, 3)).half_steps,
              IsEmpty());
}

TEST(ChooseNextRates, GoesDownWhenNothingSurvived) {
  EXPECT_THAT(ChooseNextRates(Stage(), 0, Valley({-4, -2, 0, 2, 4}, 0, -100)).half_steps,
              ElementsAre(-6, -8));
}

TEST(RateOutcome, OneFailedSeedIsAFailure) {
  int best = 0;
  EXPECT_FALSE(BestSurvivor({{0, 1.0, 2, 1}}, &best));
}

}  // namespace
}  // namespace saelaw
