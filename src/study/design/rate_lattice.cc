// A rate is written with six digits and read back, or the same place could have two rates that
// differ in the last bit, and so two runs.
#include "study/design/rate_lattice.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace saelaw {

double RateLattice::Rate(int position) const {
  const double lr = base * std::pow(factor, position / static_cast<double>(steps));
  return std::strtod(fmt::format("{:.6g}", lr).c_str(), nullptr);
}

bool RateLattice::Find(double lr, int* position) const {
  *position = static_cast<int>(std::lround(steps * std::log(lr / base) / std::log(factor)));
  return Rate(*position) == lr;
}

RateLattice MakeLattice(const LrLawStage& stage, double base) {
  RateLattice lattice{base, stage.factor, 2};
  const double within = std::min(stage.bisect_to, kRefineTo);
  // Rates closer than six digits tell apart would be one.
  constexpr int kMostSteps = 1 << 12;
  while (lattice.steps < kMostSteps && std::pow(stage.factor, 1.0 / lattice.steps) > within) {
    lattice.steps *= 2;
  }
  return lattice;
}

}  // namespace saelaw
