// The losses that revive dead latents, in plain LibTorch operations. AuxK (Gao et al. 2024, arXiv
// 2406.04093, appendix A.2), with the mse as it is and a scale for few dead latents, as SAELens and
// EleutherAI's sae have it: for any architecture. The pre-activation loss of Anthropic's Circuits
// Updates of January 2025, for dead latents alone, as SAELens has it: for those with thresholds.
#pragma once

#include <ATen/core/Tensor.h>

#include "sae/model/objective.h"
#include "sae/model/parameters.h"

namespace saelaw {

// What a step knows of its batch of B tokens.
struct StepTrace {
  at::Tensor inputs;    // [B, d_in] x - b_dec·[pre_encoder_bias], as operand
  at::Tensor decoder;   // [d_sae, d_in] W_dec, as operand
  at::Tensor pre_acts;  // [B, d_sae]
  at::Tensor g;         // [B, d_in] (2/B)(recons - x)
};

// With n dead latents, of which each token's k = min(wanted, n) most active have the activations z
// (pre-activations, whatever their sign; 0 elsewhere), and the residual r = x - recons as a
// constant: c·min(n/wanted, 1)·mean over tokens of ‖z·W_dec - r‖². Of PreActs: c·mean over tokens
// of Σ over dead latents of max(θ - pre, 0); rows of W_dec have unit norm, by which the source
// multiplies. Adds its gradients, and returns the loss, []; undefined where no latent is dead.
// `dead` is [d_sae] bool.
at::Tensor AddAuxiliary(const SaeParameters& parameters,
                        const SaeObjective& objective,
                        const AuxiliaryLoss& auxiliary,
                        const at::Tensor& dead,
                        const StepTrace& trace,
                        SaeGradients& gradients);

}  // namespace saelaw
