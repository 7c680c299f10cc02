// An SAE of any architecture in plain LibTorch operations: forward pass, loss and closed-form
// gradients. The reference that faster kernels are held to.
#pragma once

#include <ATen/core/Tensor.h>

#include "sae/model/objective.h"
#include "sae/model/parameters.h"

namespace saelaw {

// x is a batch [tokens, d_in] of scaled activations, of the parameters' type and device.
struct SaeForward {
  at::Tensor pre_acts;  // [tokens, d_sae] (x - b_dec·[pre_encoder_bias]) W_enc + b_enc
  at::Tensor latents;   // [tokens, d_sae] as Activation::latents
  at::Tensor recons;    // [tokens, d_in]  latents W_dec + b_dec
};
// Where nothing is trained.
SaeForward Forward(const SaeParameters& parameters,
                   const SaeObjective& objective,
                   const at::Tensor& x);

// The sums of a forward pass over any number of tokens, in chunks, so that its arrays of
// pre-activations stay small beside the SAE. `recons`, where it is defined, [tokens, d_in],
// receives the reconstructions.
BatchSums MeasureForward(const SaeParameters& parameters,
                         const SaeObjective& objective,
                         const at::Tensor& x,
                         const at::Tensor& recons);

struct SaeStep {
  BatchSums sums;
  SaeGradients gradients;  // of MakeTerms(...).loss + auxiliary
  at::Tensor seen;         // as Activation::Seen
  at::Tensor auxiliary;    // [] the auxiliary loss; undefined where there is none
};
// The loss of a batch and its gradients; with `dead` [d_sae] bool, where it is defined, those of
// the auxiliary loss as well.
SaeStep LossAndGradients(const SaeParameters& parameters,
                         const SaeObjective& objective,
                         double coefficient,
                         const at::Tensor& x,
                         const AuxiliaryLoss& auxiliary = {},
                         const at::Tensor& dead = {});

}  // namespace saelaw
