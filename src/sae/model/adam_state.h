// What Adam keeps of an SAE from one update to the next.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "sae/model/parameters.h"

namespace saelaw {

struct AdamSettings {
  double beta1 = 0;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

// One moment for each tensor. `first` is undefined throughout where beta1 is 0: the
// momentum is then the gradient itself, and no memory is kept for it.
struct AdamState {
  SaeParameters first, second;
  // [d_sae] int32: the updates up to which each latent's second moments are decayed. A latent whose
  // gradients are all 0 is left alone by the CPU steppers, and its decay made up for when they are
  // not. Undefined until such a stepper takes the state; then only such a stepper may go on.
  at::Tensor row_updates;
  std::int64_t updates = 0;
};
AdamState NewAdamState(const SaeParameters& parameters, const AdamSettings& settings);

}  // namespace saelaw
