#include "study/design/next_rates.h"

#include <algorithm>
#include <cmath>
#include <vector>

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

// What some seeds of one place of the lattice did, the failed ones first where `failed_first`.
struct Tried {
  int position = 0;
  std::vector<double> losses;  // of the seeds that survived
  int failed = 0;
  bool failed_first = false;
};

RatesAtSize Table(const LrLawStage& stage, const std::vector<Tried>& tried) {
  std::vector<Point> survived, failed;
  for (const Tried& one : tried) {
    Point point;
    point.tokens = 1e6;
    point.lr = MakeLattice(stage, 1).Rate(one.position);
    const int survivors = static_cast<int>(one.losses.size());
    for (int k = 0; k < survivors + one.failed; ++k) {
      point.seed = point.stream = k;
      const int survivor = one.failed_first ? k - one.failed : k;
      const bool survives = survivor >= 0 && survivor < survivors;
      point.loss = survives ? one.losses[static_cast<std::size_t>(survivor)] : std::nan("");
      (survives ? survived : failed).push_back(point);
    }
  }
  const RateTable table = MakeRateTable(survived, failed);
  return table.sizes.empty() ? RatesAtSize{} : table.sizes.front();
}

double LossAt(int position, int best) {
  return 1.0 + 0.001 * (position - best) * (position - best);
}

// A valley with its minimum at `best`; rates from `cliff` on fail.
std::vector<Tried> ValleyRuns(const std::vector<int>& positions, int best, int cliff = 1000) {
  std::vector<Tried> tried;
  for (int k : positions) {
    if (k >= cliff) {
      tried.push_back({k, {}, 1});
    } else {
      tried.push_back({k, {LossAt(k, best)}});
    }
  }
  return tried;
}

NextRates Choose(const LrLawStage& stage, int centre, const std::vector<Tried>& tried) {
  return ChooseNextRates(stage, MakeLattice(stage, 1), centre, Table(stage, tried));
}

// The same with other runs at these places.
std::vector<Tried> With(std::vector<Tried> tried, const std::vector<Tried>& others) {
  for (const Tried& other : others) {
    std::erase_if(tried, [&](const Tried& one) { return one.position == other.position; });
    tried.push_back(other);
  }
  return tried;
}

// Asks until the size is settled; every rate from `cliff` on fails.
std::vector<int> Settle(const LrLawStage& stage, int best, int cliff = 1000) {
  std::vector<int> asked;
  for (int round = 0; round < 50; ++round) {
    const NextRates next = Choose(stage, 0, ValleyRuns(asked, best, cliff));
    if (next.positions.empty()) break;
    asked.insert(asked.end(), next.positions.begin(), next.positions.end());
  }
  std::sort(asked.begin(), asked.end());
  return asked;
}

double Ratio(const LrLawStage& stage, int from, int to) {
  const RateLattice lattice = MakeLattice(stage, 1);
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
      const int cliff = MakeLattice(stage, 1).steps + 1;
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
  const std::vector<Tried> known = ValleyRuns({-4, -2, 0, 1, 2, 3, 4}, 100, 3);
  NextRates next = Choose(stage, 0, known);
  EXPECT_THAT(next.positions, ElementsAre(2, 3));
  EXPECT_EQ(next.seeds, 3);
  const std::vector<double> same(3, LossAt(2, 100));
  const std::vector<Tried> seeded = With(known, {{2, same}, {3, {LossAt(3, 100)}, 2, true}});
  EXPECT_THAT(Choose(stage, 0, seeded).positions, IsEmpty());
  // A further seed of the last survivor failed: the cliff moves down, and the search with it.
  next = Choose(stage, 0, With(known, {{2, {same[0], same[1]}, 1}, {3, {}, 3}}));
  EXPECT_THAT(next.positions, ElementsAre(1));
  EXPECT_EQ(next.seeds, 3);
  // An interior best far below the cliff asks for none.
  EXPECT_THAT(Choose(stage, 0, ValleyRuns({-4, -2, -1, 0, 1, 2, 4}, 0, 4)).positions,
              ElementsAre(2, 4));
  EXPECT_THAT(Choose(stage, -4, ValleyRuns({-8, -6, -5, -4, -3, -2, 0}, -4, 1)).positions,
              IsEmpty());
}

// Further seeds have streams of their own, which may be easy ones.
TEST(ChooseNextRates, ComparesRatesByTheSeedsThatAllHave) {
  LrLawStage stage = Stage();
  stage.edge_seeds = 2;
  const std::vector<Tried> known = ValleyRuns({-4, -2, -1, 0, 1, 2, 4}, 0, 4);
  EXPECT_THAT(Choose(stage, 0, known).positions, ElementsAre(2, 4));
  const std::vector<Tried> seeded = With(known, {{2, {LossAt(2, 0), 0.5}}, {4, {}, 2}});
  EXPECT_THAT(Choose(stage, 0, seeded).positions, IsEmpty());
}

TEST(ChooseNextRates, BeginsWithTheGrid) {
  EXPECT_THAT(Choose(Stage(), 0, {}).positions, ElementsAre(-4, -2, 0, 2, 4));
  EXPECT_THAT(Choose(Stage(), 2, {}).positions, ElementsAre(-2, 0, 2, 4, 6));
  EXPECT_THAT(Choose(Stage(), 0, ValleyRuns({-4, 0, 4}, 0)).positions, ElementsAre(-2, 2));
}

TEST(ChooseNextRates, RefinesAnInteriorBestAndStops) {
  EXPECT_THAT(Choose(Stage(), 0, ValleyRuns({-4, -2, 0, 2, 4}, 0)).positions, ElementsAre(1, -1));
  EXPECT_THAT(Choose(Stage(), 0, ValleyRuns({-4, -2, -1, 0, 1, 2, 4}, 0)).positions, IsEmpty());
}

TEST(ChooseNextRates, WidensAtTheEdgeButNotForEver) {
  std::vector<int> grid = {-4, -2, 0, 2, 4};
  EXPECT_THAT(Choose(Stage(), 0, ValleyRuns(grid, 100)).positions, ElementsAre(6, 8));
  grid.insert(grid.end(), {6, 8});
  EXPECT_THAT(Choose(Stage(), 0, ValleyRuns(grid, 100)).positions, ElementsAre(10, 12));
  grid.insert(grid.end(), {10, 12});
  EXPECT_THAT(Choose(Stage(), 0, ValleyRuns(grid, 100)).positions, IsEmpty());
}

TEST(ChooseNextRates, BisectsBesideACliffAndDoesNotWiden) {
  const NextRates next = Choose(Stage(), 0, ValleyRuns({-4, -2, 0, 2, 4}, 100, 3));
  EXPECT_THAT(next.positions, ElementsAre(3, 1));
  EXPECT_THAT(Choose(Stage(), 0, ValleyRuns({-4, -2, 0, 1, 2, 3, 4}, 100, 3)).positions, IsEmpty());
}

TEST(ChooseNextRates, GoesDownWhenNothingSurvived) {
  EXPECT_THAT(Choose(Stage(), 0, ValleyRuns({-4, -2, 0, 2, 4}, 0, -100)).positions,
              ElementsAre(-6, -8));
}

// Memory that did not suffice is no cliff, and is not asked for again.
TEST(ChooseNextRates, TakesASilentRunForNoFailure) {
  const LrLawStage stage = Stage();
  RatesAtSize known = Table(stage, ValleyRuns({-4, -2, -1, 0, 1, 2}, 0));
  TriedRate silent;
  silent.lr = MakeLattice(stage, 1).Rate(4);
  silent.silent_seeds = {0};
  known.rates.push_back(silent);
  EXPECT_THAT(ChooseNextRates(stage, MakeLattice(stage, 1), 0, known).positions, IsEmpty());
}

TEST(PilotCentre, IsTheBestOfTheFirstGridInWholeSteps) {
  const LrLawStage stage = Stage();
  const RateLattice lattice = MakeLattice(stage, 1);
  int centre = 7;
  EXPECT_FALSE(PilotCentre(stage, lattice, Table(stage, ValleyRuns({-4, -2, 0, 2}, 2)), &centre));
  const RatesAtSize grid = Table(stage, ValleyRuns({-4, -2, 0, 1, 2, 4}, 2));
  EXPECT_TRUE(PilotCentre(stage, lattice, grid, &centre));
  EXPECT_EQ(centre, 2);
}

}  // namespace
}  // namespace saelaw
