// The rates that a study may train at.
#pragma once

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
RateLattice MakeLattice(const LrLawStage& stage, double base);

}  // namespace saelaw
