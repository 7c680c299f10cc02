// Which learning rates to try next at one data size: a grid, widened at its edge, bisected beside a
// cliff, refined around an interior best, and more seeds on both sides of a cliff. Pure.
#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.h"

namespace saelaw {

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
