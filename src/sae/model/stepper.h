// One optimiser step of an SAE: loss, gradients, projection, Adam, renormalisation. The reference
// does it with LibTorch operations on any device; the CPU steppers do the same arithmetic with
// kernels that skip what is inactive, and agree with it up to the order of sums.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <typeindex>

#include <ATen/core/Tensor.h>

#include "sae/model/adam_state.h"
#include "sae/model/objective.h"

namespace saelaw {

// What stays the same during a run.
struct StepSettings {
  SaeObjective objective;
  AdamSettings adam;
  double gradient_clip = 0;  // of the global gradient norm; 0: off
  // Own kernels multiply densely while more than this share of the latents is active, at the last
  // look, and only what is active below. Measured before a job; see step_tuning.h.
  double dense_above = 0.05;
  // On the path kCuda: which of cuBLASLt's algorithms does each product; see SaelawGpuSettings.
  std::array<std::int32_t, 5> gpu_algorithms{};
  AuxiliaryLoss auxiliary = {};
};

// What changes from step to step.
struct StepRates {
  double lr = 0;
  double threshold_lr = 0;
  double coefficient = 0;  // of the sparsity penalty
  at::Tensor dead = {};    // [d_sae] bool, for the auxiliary loss; undefined: none is dead
};

// What a step reads and writes, and all that a stepper needs to go on from: whatever else it holds
// is derived from this.
struct SaeState {
  SaeParameters parameters;
  AdamState adam;
  // Whether own kernels multiply densely now: see Look.
  bool dense = true;
};

// After which of its updates a run looks at how many of its latents are active: 1, 2, 4, 8, for a
// run may begin sparse, and then every kStepsBetweenLooks.
inline constexpr std::int64_t kStepsBetweenLooks = 8;
constexpr bool LooksAfter(std::int64_t updates) {
  return updates % kStepsBetweenLooks == 0 ||
         (updates < kStepsBetweenLooks && std::has_single_bit(static_cast<std::uint64_t>(updates)));
}
// The look, for any stepper: `active` is the batch's Σ active latents before the update that was
// the state's last. A function of the run's own numbers, so that company changes nothing.
void Look(const StepSettings& settings, double active, std::int64_t tokens, SaeState& state);

class Stepper {
 public:
  virtual ~Stepper() = default;
  // One update of the state on a scaled batch x [tokens, d_in]. The sums are those before it.
  virtual BatchSums Step(const StepRates& rates, const at::Tensor& x) = 0;
  // The sums that Step would give, and no update. `recons`, where it is defined, fp32 [tokens,
  // d_in] and contiguous, receives the reconstructions.
  virtual BatchSums Measure(const at::Tensor& x, const at::Tensor& recons) = 0;
  // No step will follow: gives back the state's moments. Measures go on.
  virtual void Retire() = 0;
};

// Memory that the steppers of a gang use in turn. Each kind of stepper has a room of a type of its
// own in it, made when it is first asked for.
class StepWorkspace {
 public:
  template <typename Room>
  Room& Of() {
    std::shared_ptr<void>& room = rooms_[typeid(Room)];
    if (room == nullptr) room = std::make_shared<Room>();
    return *static_cast<Room*>(room.get());
  }

 private:
  std::map<std::type_index, std::shared_ptr<void>> rooms_;
};

}  // namespace saelaw
