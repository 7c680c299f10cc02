// The JumpReLU SAE (Rajamanoharan et al. 2024, arXiv 2407.14435): a latent is active where its
// pre-activation exceeds a threshold that is learnt by straight-through estimators, and each active
// latent costs the same (l0_penalty.h).
#pragma once

#include "sae/model/architecture.h"

namespace saelaw {

const Architecture& JumpRelu();

// The threshold θ itself, [d_sae], whatever the parametrisation. May alias the parameter.
at::Tensor ComputeThreshold(const SaeParameters& parameters,
                            ThresholdParametrisation parametrisation);

}  // namespace saelaw
