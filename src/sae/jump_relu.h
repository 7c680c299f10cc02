// The JumpReLU SAE in plain LibTorch operations: forward pass, loss and closed-form gradients
// (Rajamanoharan et al. 2024, arXiv 2407.14435). The reference that faster kernels are held to.
#pragma once

#include <ATen/core/Tensor.h>

#include "core/run_spec.h"
#include "sae/parameters.h"

namespace saelaw {

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
};
SaeObjective ObjectiveOf(const SaeSpec& sae, const TrainingSpec& training);

// x is a batch [tokens, d_in] of scaled activations, of the parameters' type and device.
struct SaeForward {
  at::Tensor pre_acts;  // [tokens, d_sae] (x - b_dec·[pre_encoder_bias]) W_enc + b_enc
  at::Tensor latents;   // [tokens, d_sae] pre_acts·H(pre_acts - θ), H(0) = 0; NaN stays NaN
  at::Tensor recons;    // [tokens, d_in]  latents W_dec + b_dec
};
SaeForward Forward(const SaeParameters& parameters,
                   const SaeObjective& objective,
                   const at::Tensor& x);

// Sums over a batch, left on the device so that a step need not wait for them.
struct BatchSums {
  // [3], fp64: Σ ‖recons - x‖²; Σ penalty at coefficient 1; Σ active latents.
  at::Tensor totals;
  at::Tensor fired;  // [d_sae]: on how many tokens each latent is active
};
BatchSums SumsOf(const SaeForward& forward, const SaeObjective& objective, const at::Tensor& x);

// The sums of a forward pass over any number of tokens, in chunks, so that its arrays of
// pre-activations stay small beside the SAE. `recons`, where it is defined, [tokens, d_in],
// receives the reconstructions.
BatchSums MeasureForward(const SaeParameters& parameters,
                         const SaeObjective& objective,
                         const at::Tensor& x,
                         const at::Tensor& recons);

// Means over tokens.
struct LossTerms {
  double loss = 0;     // mse + penalty
  double mse = 0;      // ‖recons - x‖², summed over d_in
  double penalty = 0;  // λ·L0, or with a target L0*: λ·(2/L0*)·(L0 - L0*)²
  double l0 = 0;
};
// `totals` as in BatchSums (on any device: this waits for it), over `tokens` tokens.
LossTerms TermsOf(const at::Tensor& totals, double coefficient, std::int64_t tokens);

struct SaeStep {
  BatchSums sums;
  SaeGradients gradients;  // of TermsOf(...).loss
};
// The loss of a batch and its gradients, by the straight-through estimators of the paper (both of
// them over the whole window |pre_acts - θ| < bandwidth/2).
SaeStep LossAndGradients(const SaeParameters& parameters,
                         const SaeObjective& objective,
                         double coefficient,
                         const at::Tensor& x);

}  // namespace saelaw
