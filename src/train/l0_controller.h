// Holds the number of active latents at a target by moving the sparsity coefficient, so that runs
// are compared at one L0. With a fixed coefficient L0 falls as the learning rate rises, and the
// loss at the best rate is then that of another problem at each rate.
#pragma once

#include <cstdint>
#include <limits>

#include <ATen/core/Tensor.h>

namespace saelaw {

// What a controller goes on from; a checkpoint holds it.
struct L0ControllerState {
  double log_factor = 0;  // ln of what the scheduled coefficient is multiplied by
  // ln(L0 / target) at the last look, at most 1 in size; NaN before the first.
  double last_miss = std::numeric_limits<double>::quiet_NaN();
  at::Tensor active;       // [] fp64: Σ active latents over the steps since; undefined when none
  std::int64_t steps = 0;  // how many those are
};

// A proportional-integral controller of ln coefficient on ln(L0 / target), in the form that adds up
// changes (Åström and Murray 2008, Feedback Systems, section 11.4): it keeps no integral apart from
// the coefficient itself, so that nothing winds up while that stands at an end of its range.
class L0Controller {
 public:
  // `settle_steps`: updates in which a miss is made good. Gains are scaled by it, so that a longer
  // run is steered more gently.
  L0Controller(double target_l0, double settle_steps);

  // Takes in an update over `tokens` tokens with so many active latents in all ([] fp64, on any
  // device). `warming`: the coefficient still rises by its schedule, and is left alone.
  void TakeIn(const at::Tensor& active,
              std::int64_t tokens,
              bool warming,
              L0ControllerState& state) const;

 private:
  double Miss(double l0) const;

  double target_l0_;
  double settle_steps_;
};

}  // namespace saelaw
