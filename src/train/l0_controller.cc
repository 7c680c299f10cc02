// The controller looks at fixed updates, at the mean L0 since its last look: the L0 of one batch is
// noisy, and on a GPU each look makes the host wait. A look depends on the run's own numbers alone,
// so that company in a gang changes nothing. The gains were chosen on two sources by
// analysis/controller: lower ones are late, higher ones overshoot, and thresholds that have risen
// too far come back slowly.
#include "train/l0_controller.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

#include "sae/model/stepper.h"

namespace saelaw {
namespace {

constexpr double kIntegralGain = 10;  // of ln coefficient, per miss and settling time
constexpr double kProportionalGain = 5;
// A miss by more than a factor of e counts as one of e: at the start half of all latents fire, and
// the coefficient would shoot up.
constexpr double kLargestMiss = 1;
constexpr double kLargestLogFactor = 6;  // a factor of 400 both ways
// Thresholds take some tens of updates to follow the coefficient, however short the run is.
constexpr double kFewestSettleSteps = 40;

}  // namespace

L0Controller::L0Controller(double target_l0, double settle_steps)
    : target_l0_(target_l0), settle_steps_(std::max(settle_steps, kFewestSettleSteps)) {}

// Where nothing fires the miss is as large as it can count.
double L0Controller::Miss(double l0) const {
  if (!(l0 > 0)) return -kLargestMiss;
  return std::clamp(std::log(l0 / target_l0_), -kLargestMiss, kLargestMiss);
}

void L0Controller::TakeIn(const at::Tensor& active,
                          std::int64_t tokens,
                          bool warming,
                          L0ControllerState& state) const {
  state.active = state.active.defined() ? state.active + active : active.clone();
  state.steps += 1;
  if (state.steps < kStepsBetweenLooks) return;
  const double miss = Miss(state.active.item<double>() / static_cast<double>(tokens * state.steps));
  if (!warming) {
    const double turned = std::isnan(state.last_miss) ? 0 : miss - state.last_miss;
    const double share = static_cast<double>(state.steps) / settle_steps_;
    const double moved = kIntegralGain * share * miss + kProportionalGain * turned;
    state.log_factor = std::clamp(state.log_factor + moved, -kLargestLogFactor, kLargestLogFactor);
  }
  state.last_miss = miss;
  state.active.reset();
  state.steps = 0;
}

}  // namespace saelaw
