// JumpReLU in LibTorch operations, with straight-through estimators for the threshold. Each formula
// is one vectorised pass where possible, by means of backward functions that happen to compute it.
#include "sae/model/jump_relu.h"

#include <cmath>

#include <ATen/ATen.h>

#include "sae/model/l0_penalty.h"

namespace saelaw {
namespace {

bool HasTarget(const SaeObjective& objective) {
  return objective.sparsity == SparsityRule::kTargetL0;
}

// latents = pre·H(pre - θ): keeps `value` where margin > 0. This form, unlike a product with the
// mask or at::where, is one vectorised pass, and it lets a NaN margin through: a diverged run must
// not look like a silent one.
at::Tensor WherePositive(const at::Tensor& value, const at::Tensor& margin) {
  return at::threshold_backward(value, margin, 0);
}

// Keeps `value` where |margin| < half, 0 elsewhere; also one pass.
at::Tensor InsideWindow(const at::Tensor& value, const at::Tensor& margin, double half) {
  return at::hardtanh_backward(value, margin, -half, half);
}

// The derivative of a token's share of the penalty by each of its H(pre - θ), [B, 1] or [1, 1].
at::Tensor PenaltySlope(const at::Tensor& l0, const SaeObjective& objective, double coefficient) {
  const L0Slope slope =
      SlopeOfL0(HasTarget(objective), objective.target_l0, coefficient, l0.size(0));
  if (!slope.to_target) return at::full({1, 1}, slope.share, l0.options());
  return (l0 - slope.target_l0).mul_(slope.factor).unsqueeze(1);
}

class JumpReluActivation : public Activation {
 public:
  JumpReluActivation(const SaeParameters& parameters,
                     const SaeObjective& objective,
                     const at::Tensor& pre_acts)
      : objective_(objective),
        theta_(ComputeThreshold(parameters, objective.parametrisation)),
        margin_(pre_acts - theta_),
        latents_(WherePositive(pre_acts, margin_)) {}

  const at::Tensor& latents() const override { return latents_; }

  // As UnitL0Penalty, which kernels take for each token alone; rounded in the type of l0 here.
  // By tanh: Σ tanh(c·latent); rows of W_dec have unit norm, by which the source multiplies.
  at::Tensor Penalty(const at::Tensor& l0) const override {
    if (IsTanh()) return latents_.mul(objective_.tanh_scale).tanh_().sum(at::kDouble);
    if (!HasTarget(objective_)) return l0.sum(at::kDouble);
    return (l0 - objective_.target_l0).square_().mul_(2 / objective_.target_l0).sum(at::kDouble);
  }

  // dθ = -Σ_tokens (K/ε)(θ·d_latents + slope), K = [|pre - θ| < ε/2]; by ln θ: θ·dθ. By the
  // pre-activations: d_latents·H(pre - θ), and with input gradients (K/ε)(θ·d_latents + slope)
  // besides, since both jumps depend on pre - θ alone. Both estimators take the whole window. The
  // slope of tanh is by latents, and adds to d_latents.
  at::Tensor Backward(const LossSlopes& slopes, SaeGradients& gradients) const override {
    const at::Tensor d_latents = IsTanh() ? WithTanh(slopes) : slopes.d_latents;
    const at::Tensor slope = IsTanh() ? at::zeros({1, 1}, slopes.l0.options())
                                      : PenaltySlope(slopes.l0, objective_, slopes.coefficient);
    const at::Tensor jump = at::addcmul(slope, d_latents, theta_);  // [B, d_sae]
    const at::Tensor inside = InsideWindow(jump, margin_, objective_.bandwidth / 2);
    // The loss falls when θ rises past a latent that costs more than it gives, hence the sign.
    gradients.threshold = inside.sum(0).mul_(-1 / objective_.bandwidth);
    if (objective_.parametrisation == ThresholdParametrisation::kLog) {
      gradients.threshold.mul_(theta_);
    }
    at::Tensor d_pre = WherePositive(d_latents, margin_);
    if (objective_.input_gradients) d_pre.add_(inside, 1 / objective_.bandwidth);
    return d_pre;
  }

 private:
  bool IsTanh() const { return objective_.penalty == PenaltyShape::kTanh; }

  // d_latents + (λ/B)·c·(1 - tanh²(c·latent)).
  at::Tensor WithTanh(const LossSlopes& slopes) const {
    const double share = slopes.coefficient / static_cast<double>(slopes.l0.size(0));
    const at::Tensor cost = latents_.mul(objective_.tanh_scale).tanh_();
    return at::tanh_backward(
               slopes.d_latents.new_full({1, 1}, share * objective_.tanh_scale).expand_as(cost),
               cost)
        .add_(slopes.d_latents);
  }

  const SaeObjective& objective_;
  at::Tensor theta_;    // [d_sae]
  at::Tensor margin_;   // [B, d_sae] pre_acts - θ
  at::Tensor latents_;  // [B, d_sae]
};

class JumpReluArchitecture : public Architecture {
 public:
  SaeArchitecture kind() const override { return SaeArchitecture::kJumpRelu; }

  const std::vector<SaeTensor>& tensors() const override {
    static const std::vector<SaeTensor> all = WithWeights({{"threshold",
                                                            "threshold",
                                                            &SaeParameters::threshold,
                                                            {Extent::kDSae},
                                                            LearningRate::kThresholds}});
    return all;
  }

  // Every threshold at spec.threshold_init (Gemma Scope, arXiv 2408.05147, section 3.2).
  void StartOwn(const SaeSpec& spec, SaeParameters& parameters) const override {
    const bool is_log = spec.threshold_parametrisation == ThresholdParametrisation::kLog;
    parameters.threshold = at::full({spec.d_sae},
                                    is_log ? std::log(spec.threshold_init) : spec.threshold_init,
                                    parameters.b_enc.options());
  }

  std::unique_ptr<Activation> Activate(const SaeParameters& parameters,
                                       const SaeObjective& objective,
                                       const at::Tensor& pre_acts) const override {
    return std::make_unique<JumpReluActivation>(parameters, objective, pre_acts);
  }

  // Below ε/2 the window would reach negative pre-activations.
  void KeepBounds(const SaeObjective& objective, SaeParameters& parameters) const override {
    if (objective.parametrisation == ThresholdParametrisation::kLog) return;
    // The value goes in place: moments stay as they are, and the next gradient pushes from the
    // bound.
    parameters.threshold.clamp_min_(objective.bandwidth / 2);
  }

  at::Tensor Thresholds(const SaeSpec& spec, const SaeParameters& parameters) const override {
    return ComputeThreshold(parameters, spec.threshold_parametrisation);
  }

  // Files hold θ itself.
  at::Tensor Exported(const SaeTensor& tensor,
                      const SaeSpec& spec,
                      const SaeParameters& parameters) const override {
    if (tensor.field == &SaeParameters::threshold) return Thresholds(spec, parameters);
    return parameters.*tensor.field;
  }
};

}  // namespace

const Architecture& JumpRelu() {
  static const JumpReluArchitecture architecture;
  return architecture;
}

at::Tensor ComputeThreshold(const SaeParameters& parameters,
                            ThresholdParametrisation parametrisation) {
  return parametrisation == ThresholdParametrisation::kLog ? parameters.threshold.exp()
                                                           : parameters.threshold;
}

}  // namespace saelaw
