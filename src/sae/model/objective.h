// What a step makes smaller, and the sums over a batch that it is made of.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "core/run_spec.h"

namespace saelaw {

class Architecture;
const Architecture& JumpRelu();

// What the loss is, apart from the coefficient, which changes from step to step.
struct SaeObjective {
  bool pre_encoder_bias = true;
  ThresholdParametrisation parametrisation = ThresholdParametrisation::kRaw;
  double bandwidth = 0.001;
  SparsityRule sparsity = SparsityRule::kCoefficient;
  double target_l0 = 0;
  // bf16: the operands of each matrix product are rounded to bf16, and its result too, but for the
  // encoder's: bf16's neighbours of 1 lie further apart than the window of a threshold is wide, so
  // that of pre-activations rounded to it no threshold between them would have a gradient.
  // Everything else (parameters, biases, pre-activations, thresholds, masks, sums) stays in the
  // parameters' type.
  Precision precision = Precision::kFp32;
  const Architecture* architecture = &JumpRelu();  // never null, lives for ever
  double k = 0;                  // active latents a token, where the architecture keeps so many
  bool input_gradients = false;  // the estimators reach pre-activations, not thresholds alone
  PenaltyShape penalty = PenaltyShape::kL0;
  double tanh_scale = 4;
};
SaeObjective MakeObjective(const SaeSpec& sae, const TrainingSpec& training);

// The loss that revives dead latents, beside the objective and no part of what a run reports. AuxK
// (Gao et al. 2024, arXiv 2406.04093, appendix A.2): the most active dead latents of each token
// predict the error that the others have left. PreActs (Anthropic, Circuits Updates January 2025):
// what the pre-activations of dead latents lack to their thresholds. No dead latents, or a
// coefficient of 0: there is none.
struct AuxiliaryLoss {
  double coefficient = 0;
  std::int64_t latents = 0;  // of AuxK: of a token, at most; 0: half of d_in
  DeadLatents kind = DeadLatents::kAuxK;
};
AuxiliaryLoss MakeAuxiliaryLoss(const TrainingSpec& training);

// Sums over a batch, left on the device so that a step need not wait for them.
struct BatchSums {
  // [3], fp64: Σ ‖recons - x‖²; Σ penalty at coefficient 1; Σ active latents.
  at::Tensor totals;
  at::Tensor fired;  // [d_sae]: on how many tokens each latent is active
};

// Means over tokens.
struct LossTerms {
  double loss = 0;     // mse + penalty
  double mse = 0;      // ‖recons - x‖², summed over d_in
  double penalty = 0;  // λ·L0, or with a target L0*: λ·(2/L0*)·(L0 - L0*)²
  double l0 = 0;
};
// `totals` as in BatchSums (on any device: this waits for it), over `tokens` tokens.
LossTerms MakeTerms(const at::Tensor& totals, double coefficient, std::int64_t tokens);

}  // namespace saelaw
