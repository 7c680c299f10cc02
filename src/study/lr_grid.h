// Which learning rates to try next at one data size: a grid, widened at its edge, bisected beside a
// cliff, refined around an interior best, and more seeds on both sides of a cliff. Pure.
#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.h"

namespace saelaw {

// Rates stand on a lattice around a base rate: base · factor^(position/steps), rounded to six
// significant digits so that the same rate is always the same double. `steps` is the least power of
// two, from 2 on, whose neighbours are within bisect_to and within kRefineTo of each other.
struct RateLattice {
  double base = 0;
  double factor = 2;
  int steps = 2;  // between neighbours of the first grid

  double Rate(int position) const;
  // False when the rate is not on the lattice.
  bool Find(double lr, int* position) const;
};
// Rates around an interior best are this near to each other (√2).
inline constexpr double kRefineTo = 1.4143;
RateLattice LatticeOf(const LrLawStage& stage, double base);

// Some seeds of one rate at one data size.
struct RateOutcome {
  int position = 0;
  double mean_loss = 0;  // over the seeds that survived
  int survived = 0;
  int failed = 0;  // collapsed or diverged
  // A rate counts as surviving when every seed did: beside the cliff a seed's survival is luck.
  bool survives() const { return survived > 0 && failed == 0; }
};

// What was measured at one size, in any order: rates whose `seeds` first seeds are all known, and
// those whose `edge_seeds` first are.
struct KnownRates {
  std::vector<RateOutcome> all;
  std::vector<RateOutcome> at_edge;  // unread unless edge_seeds is more than seeds
};

struct NextRates {
  std::vector<int> positions;  // empty: this size is settled
  int seeds = 1;               // of each
  std::string reason;
};

// `centre`: the position of the first grid's middle.
NextRates ChooseNextRates(const LrLawStage& stage, int centre, const KnownRates& known);

// Where the other sizes' first grids stand: the best rate of the pilot's own first grid, in whole
// steps of the grid. False until that grid is complete.
bool PilotCentre(const LrLawStage& stage, const KnownRates& known, int* centre);

// The position of the best surviving rate; false when none survived.
bool BestSurvivor(const std::vector<RateOutcome>& known, int* position);

}  // namespace saelaw
