// Loss against compute alone, for tables that know nothing else of their runs: the frontier of runs
// that were each given the best size for their compute.
#include "fit/laws/power_sum.h"

namespace saelaw {

const LawInfo& LossComputeLaw() {
  static const LawInfo law = {
      "loss-compute",
      "loss = floor + coef * compute^-exponent",
      "Kaplan et al. 2020 (arXiv 2001.08361), eq. 1.3 with a floor; Gao et al. "
      "2024 (arXiv 2406.04093), section 3, for SAEs",
      {Variable::kCompute},
      {{"floor", Role::kFloor},
       {"coef", Role::kCoef, Variable::kCompute},
       {"exponent", Role::kExponent, Variable::kCompute}},
      /*has_floor=*/true,
      /*fewest_values=*/2,
      MakePowerSum};
  return law;
}

}  // namespace saelaw
