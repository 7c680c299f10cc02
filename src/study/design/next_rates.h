// Which learning rates to try next at one data size: a grid, widened at its edge, bisected beside a
// cliff, refined around an interior best, and more seeds on both sides of a cliff. Pure.
#pragma once

#include <vector>

#include "fit/fit.h"
#include "study/design/rate_lattice.h"
#include "study/design/why_asked.h"
#include "sweep/sweep.h"

namespace saelaw {

struct NextRates {
  std::vector<int> positions;  // on the lattice; empty: this size is settled
  int seeds = 1;               // of each
  WhyAsked why{};
};

// `centre`: the position of the first grid's middle. `known`: what was measured at the size, in any
// order; rates that are not on the lattice are not looked at.
NextRates ChooseNextRates(const LrLawStage& stage,
                          const RateLattice& lattice,
                          int centre,
                          const RatesAtSize& known);

// Where the other sizes' first grids stand: the best rate of the pilot's own first grid, in whole
// steps of the grid. False until that grid is complete.
bool PilotCentre(const LrLawStage& stage,
                 const RateLattice& lattice,
                 const RatesAtSize& known,
                 int* centre);

}  // namespace saelaw
