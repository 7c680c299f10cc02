// Latents that are kept pass the error on and nothing else does: the gradient needs no estimator,
// and the loss no penalty. Both architectures share everything but over what they choose.
#include "sae/model/top_k.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <ATen/ATen.h>

#include "sae/model/largest.h"

namespace saelaw {
namespace {

class KeptActivation : public Activation {
 public:
  KeptActivation(at::Tensor latents, bool is_seen)
      : latents_(std::move(latents)), is_seen_(is_seen) {}

  const at::Tensor& latents() const override { return latents_; }

  at::Tensor Penalty(const at::Tensor& l0) const override {
    return at::zeros({}, l0.options().dtype(at::kDouble));
  }

  // The derivative of max(pre, 0) where a latent is kept. A NaN lets its gradient through.
  at::Tensor Backward(const LossSlopes& slopes, SaeGradients&) const override {
    return at::threshold_backward(slopes.d_latents, latents_, 0);
  }

  // The smallest active latent of the batch, []; infinite where none is active.
  at::Tensor Seen() const override {
    if (!is_seen_) return {};
    return latents_.masked_fill(latents_.eq(0), std::numeric_limits<double>::infinity()).amin();
  }

 private:
  at::Tensor latents_;  // [tokens, d_sae]
  bool is_seen_;
};

// Those of the pre-activations that are among the `count` largest of their row, and positive. NaN
// stays NaN: a diverged run must not look like a silent one.
at::Tensor Kept(const at::Tensor& pre_acts, const at::Tensor& rows, std::int64_t count) {
  const at::Tensor positive = at::threshold_backward(pre_acts, pre_acts, 0);
  if (count >= rows.size(1)) return positive;
  at::Tensor dropped = LargestOfRows(rows, count).logical_not_().reshape(pre_acts.sizes());
  dropped.logical_and_(pre_acts.isnan().logical_not_());
  return positive.masked_fill(dropped, 0);
}

class TopKArchitecture : public Architecture {
 public:
  SaeArchitecture kind() const override { return SaeArchitecture::kTopK; }

  const std::vector<SaeTensor>& tensors() const override {
    static const std::vector<SaeTensor> all = WithWeights({});
    return all;
  }

  void StartOwn(const SaeSpec&, SaeParameters&) const override {}

  std::unique_ptr<Activation> Activate(const SaeParameters&,
                                       const SaeObjective& objective,
                                       const at::Tensor& pre_acts) const override {
    const auto k = static_cast<std::int64_t>(objective.k);
    return std::make_unique<KeptActivation>(Kept(pre_acts, pre_acts, k), /*is_seen=*/false);
  }

  void KeepBounds(const SaeObjective&, SaeParameters&) const override {}

  at::Tensor Thresholds(const SaeSpec&, const SaeParameters&) const override { return {}; }

  at::Tensor Exported(const SaeTensor& tensor,
                      const SaeSpec&,
                      const SaeParameters& parameters) const override {
    return parameters.*tensor.field;
  }
};

class BatchTopKArchitecture : public Architecture {
 public:
  SaeArchitecture kind() const override { return SaeArchitecture::kBatchTopK; }

  const std::vector<SaeTensor>& tensors() const override {
    static const std::vector<SaeTensor> all = WithWeights({{"running_threshold",
                                                            "threshold",
                                                            &SaeParameters::running_threshold,
                                                            {Extent::kRunning},
                                                            LearningRate::kNone}});
    return all;
  }

  void StartOwn(const SaeSpec&, SaeParameters& parameters) const override {
    parameters.running_threshold = at::zeros({2}, parameters.b_enc.options());
  }

  std::unique_ptr<Activation> Activate(const SaeParameters&,
                                       const SaeObjective& objective,
                                       const at::Tensor& pre_acts) const override {
    // The whole batch is one row.
    const at::Tensor row = pre_acts.reshape({1, -1});
    const std::int64_t count = KeptInBatch(objective.k, pre_acts.size(0));
    return std::make_unique<KeptActivation>(Kept(pre_acts, row, count), /*is_seen=*/true);
  }

  // As JumpReLU: pre·H(pre - θ).
  std::unique_ptr<Activation> ActivateAlone(const SaeParameters& parameters,
                                            const SaeObjective&,
                                            const at::Tensor& pre_acts) const override {
    const at::Tensor margin = pre_acts - RunningThreshold(parameters);
    return std::make_unique<KeptActivation>(at::threshold_backward(pre_acts, margin, 0),
                                            /*is_seen=*/false);
  }

  void KeepBounds(const SaeObjective&, SaeParameters&) const override {}

  // A batch in which nothing is active says nothing of the threshold.
  void TakeIn(const at::Tensor& seen, SaeParameters& parameters) const override {
    at::Tensor& running = parameters.running_threshold;
    const at::Tensor newest = at::stack({seen, at::ones_like(seen)}).to(running.scalar_type());
    const at::Tensor moved = running * (1 - kRunningThresholdRate) + newest * kRunningThresholdRate;
    running = at::where(seen.isinf(), running, moved);
  }

  at::Tensor Thresholds(const SaeSpec& spec, const SaeParameters& parameters) const override {
    return RunningThreshold(parameters).expand({spec.d_sae});
  }

  // Files hold the threshold of each latent, as those of a JumpReLU do.
  at::Tensor Exported(const SaeTensor& tensor,
                      const SaeSpec& spec,
                      const SaeParameters& parameters) const override {
    if (tensor.field == &SaeParameters::running_threshold) return Thresholds(spec, parameters);
    return parameters.*tensor.field;
  }
};

}  // namespace

const Architecture& TopK() {
  static const TopKArchitecture architecture;
  return architecture;
}

const Architecture& BatchTopK() {
  static const BatchTopKArchitecture architecture;
  return architecture;
}

std::int64_t KeptInBatch(double k, std::int64_t tokens) {
  // Rounded down, as SAELens does it, but for a batch so small that nothing would be kept.
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(k * static_cast<double>(tokens)));
}

at::Tensor RunningThreshold(const SaeParameters& parameters) {
  const at::Tensor& running = parameters.running_threshold;
  const at::Tensor weight = running[1];
  return at::where(weight.gt(0), running[0] / weight, at::zeros_like(weight));
}

}  // namespace saelaw
