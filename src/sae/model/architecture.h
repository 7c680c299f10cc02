// What kind of SAE is trained. Everything that differs from one kind to another stands behind this
// one interface; loops, products, Adam, checkpoints and exports walk through it. A new kind is a
// file with a class, and a line in the table of architecture.cc.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/run_spec.h"
#include "sae/model/objective.h"
#include "sae/model/parameters.h"

namespace saelaw {

// kRunning: a running average of one number, as two sums.
enum class Extent { kDIn, kDSae, kRunning };

// Which of a step's learning rates moves a tensor; kNone: it is no part of what Adam updates, and
// moves by Architecture::TakeIn.
enum class LearningRate { kWeights, kThresholds, kNone };

// One tensor of an architecture.
struct SaeTensor {
  const char* name = "";      // in checkpoints. Stored: do not change.
  const char* exported = "";  // in files of weights. Stored: do not change.
  at::Tensor SaeParameters::*field = nullptr;
  std::vector<Extent> shape;
  LearningRate rate = LearningRate::kWeights;
  // In memory the numbers of a latent lie side by side, though latents are the second extent.
  bool by_latent = false;
};

// What the way back through one batch starts from.
struct LossSlopes {
  at::Tensor d_latents;  // [tokens, d_sae] the squared error's derivative by each latent
  at::Tensor error;      // [tokens, d_in] its derivative by each reconstruction
  at::Tensor l0;         // [tokens] active latents
  double coefficient = 0;
};

// One batch between its pre-activations and its latents, with what the way back needs again.
class Activation {
 public:
  virtual ~Activation() = default;

  // [tokens, d_sae], 0 where not active and positive where active; NaN stays NaN.
  virtual const at::Tensor& latents() const = 0;

  // Σ over the batch of the penalty at coefficient 1, fp64, on the device. l0 is [tokens].
  virtual at::Tensor Penalty(const at::Tensor& l0) const = 0;

  // The loss's derivative by each pre-activation, [tokens, d_sae]. Writes the gradients of tensors
  // that only this architecture has; those of the weights are there and may be added to.
  virtual at::Tensor Backward(const LossSlopes& slopes, SaeGradients& gradients) const = 0;

  // What the architecture's untrained tensors go by, for TakeIn; undefined where it has none.
  virtual at::Tensor Seen() const { return {}; }
};

class Architecture {
 public:
  virtual ~Architecture() = default;

  // Its traits (core/architecture_traits.h) say what is known of it without LibTorch.
  virtual SaeArchitecture kind() const = 0;
  // Kernels name what they are made for by it.
  std::string_view name() const { return Name(kind()); }
  virtual const std::vector<SaeTensor>& tensors() const = 0;

  // How the tensors start that only this architecture has, beside those that all have.
  virtual void StartOwn(const SaeSpec& spec, SaeParameters& parameters) const = 0;

  // From pre-activations [tokens, d_sae] on; `objective` outlives what is returned.
  virtual std::unique_ptr<Activation> Activate(const SaeParameters& parameters,
                                               const SaeObjective& objective,
                                               const at::Tensor& pre_acts) const = 0;
  // The same where nothing is trained: an architecture whose training looks at a whole batch at
  // once decides here token by token.
  virtual std::unique_ptr<Activation> ActivateAlone(const SaeParameters& parameters,
                                                    const SaeObjective& objective,
                                                    const at::Tensor& pre_acts) const {
    return Activate(parameters, objective, pre_acts);
  }

  // Brings back what an update took out of its bounds.
  virtual void KeepBounds(const SaeObjective& objective, SaeParameters& parameters) const = 0;

  // Moves the tensors that no gradient moves, after an update, by what its batch has shown.
  virtual void TakeIn(const at::Tensor& /*seen*/, SaeParameters& /*parameters*/) const {}

  // θ of each latent, [d_sae], above which it is active where nothing is trained; undefined where
  // the architecture has none. May alias a parameter.
  virtual at::Tensor Thresholds(const SaeSpec& spec, const SaeParameters& parameters) const = 0;

  // A tensor as it is given away: what it means, however it was trained.
  virtual at::Tensor Exported(const SaeTensor& tensor,
                              const SaeSpec& spec,
                              const SaeParameters& parameters) const = 0;
};

// The tensors of an architecture: the weights and biases that every SAE has, and its own.
std::vector<SaeTensor> WithWeights(const std::vector<SaeTensor>& own);

// All there are.
const std::vector<const Architecture*>& Architectures();
// That of a run.
const Architecture& FindArchitecture(const SaeSpec& spec);

}  // namespace saelaw
