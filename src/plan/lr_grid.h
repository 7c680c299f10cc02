// Which learning rates to try next at one data size: a grid, widened at its edge, bisected beside a
// cliff, refined around an interior best. Pure.
#pragma once

#include <string>
#include <vector>

#include "sweep/sweep.h"

namespace saelaw {

// Rates stand on a lattice around a base rate, in half steps: base · factor^(half_steps/2), rounded
// to six significant digits so that the same rate is always the same double.
double LatticeRate(double base, double factor, int half_steps);
// The half steps of a rate on the lattice; false when it is not on it.
bool LatticePosition(double base, double factor, double lr, int* half_steps);

// All seeds of one rate at one data size.
struct RateOutcome {
  int half_steps = 0;
  double mean_loss = 0;  // over the seeds that survived
  int survived = 0;
  int failed = 0;  // collapsed or diverged
  // A rate counts as surviving when every seed did: beside the cliff a seed's survival is luck.
  bool survives() const { return survived > 0 && failed == 0; }
};

struct NextRates {
  std::vector<int> half_steps;  // empty: this size is settled
  std::string reason;
};

// `known`: what was measured at this size, any order. `centre`: of the first grid, in half steps.
NextRates ChooseNextRates(const LrLawStage& stage,
                          int centre,
                          const std::vector<RateOutcome>& known);

// Where the other sizes' first grids stand: the best rate of the pilot's own first grid, in whole
// steps. False until that grid is complete.
bool PilotCentre(const LrLawStage& stage, const std::vector<RateOutcome>& known, int* centre);

// The half steps of the best surviving rate; false when none survived.
bool BestSurvivor(const std::vector<RateOutcome>& known, int* half_steps);

}  // namespace saelaw
