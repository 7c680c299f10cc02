// Adam (Kingma and Ba 2014, arXiv 1412.6980), as torch.optim.Adam does it.
#pragma once

#include "sae/model/adam_state.h"
#include "sae/model/architecture.h"
#include "sae/model/parameters.h"

namespace saelaw {

// w_enc of all three is stored by latent afterwards. p -= rate·m̂/(√v̂ + ε) with bias-corrected
// moments; thresholds have a rate of their own.
void AdamUpdate(const Architecture& architecture,
                const AdamSettings& settings,
                double rate,
                double threshold_rate,
                const SaeGradients& gradients,
                SaeParameters& parameters,
                AdamState& state);

// Scales all gradients so that their global norm is at most `limit`, as
// torch.nn.utils.clip_grad_norm_ does; without waiting for the device.
void ClipGradients(double limit, SaeGradients& gradients);

}  // namespace saelaw
