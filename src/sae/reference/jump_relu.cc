#include "sae/reference/jump_relu.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace saelaw {
namespace {

// Of one part of a measurement.
constexpr std::int64_t kMeasuredTokens = 256;

// A tensor as the matrix products take it.
at::Tensor Operand(const at::Tensor& tensor, const SaeObjective& objective) {
  return objective.precision == Precision::kBf16 ? tensor.to(at::kBFloat16) : tensor;
}

// a·b in the type of the masters.
at::Tensor Product(const at::Tensor& a, const at::Tensor& b, at::ScalarType dtype) {
  return at::mm(a, b).to(dtype);
}

// bias + a·b in the type of the bias: bf16 operands, and no other rounding. LibTorch has such a
// product on GPUs alone; elsewhere fp32 of the same numbers is multiplied.
at::Tensor ExactAffine(const at::Tensor& bias, const at::Tensor& a, const at::Tensor& b) {
  if (a.scalar_type() == at::kBFloat16 && a.is_cuda()) {
    return at::mm(a, b, at::kFloat).to(bias.scalar_type()).add_(bias);
  }
  return at::addmm(bias, a.to(bias.scalar_type()), b.to(bias.scalar_type()));
}

// bias + a·b, in one operation where no rounding stands between.
at::Tensor Affine(const at::Tensor& bias, const at::Tensor& a, const at::Tensor& b) {
  if (a.scalar_type() == bias.scalar_type()) return at::addmm(bias, a, b);
  return Product(a, b, bias.scalar_type()).add_(bias);
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

// Everything of a forward pass that the backward pass reads again.
struct Trace {
  at::Tensor theta;      // [d_sae]
  at::Tensor inputs;     // [B, d_in]  x - b_dec·[pre_encoder_bias], as operand
  at::Tensor decoder;    // [d_sae, d_in] W_dec, as operand
  at::Tensor pre_acts;   // [B, d_sae]
  at::Tensor margin;     // [B, d_sae] pre_acts - θ
  at::Tensor latents;    // [B, d_sae]
  at::Tensor activated;  // [B, d_sae] latents, as operand
};

Trace Encode(const SaeParameters& parameters, const SaeObjective& objective, const at::Tensor& x) {
  Trace trace;
  trace.theta = ThresholdOf(parameters, objective.parametrisation);
  trace.inputs = Operand(objective.pre_encoder_bias ? x - parameters.b_dec : x, objective);
  trace.decoder = Operand(parameters.w_dec, objective);
  trace.pre_acts =
      ExactAffine(parameters.b_enc, trace.inputs, Operand(parameters.w_enc, objective));
  trace.margin = trace.pre_acts - trace.theta;
  trace.latents = WherePositive(trace.pre_acts, trace.margin);
  trace.activated = Operand(trace.latents, objective);
  return trace;
}

at::Tensor Decode(const SaeParameters& parameters, const Trace& trace) {
  return Affine(parameters.b_dec, trace.activated, trace.decoder);
}

// Latents are positive wherever they are active, so their sign is the mask H(pre - θ).
struct Activity {
  at::Tensor per_token;   // [B] L0(x)
  at::Tensor per_latent;  // [d_sae]
};
Activity ActivityOf(const at::Tensor& latents) {
  const at::Tensor active = latents.sign();
  return {active.sum(1), active.sum(0)};
}

// The penalty of each token at coefficient 1: L0(x), or (2/L0*)(L0(x) - L0*)².
at::Tensor UnitPenalty(const at::Tensor& l0, const SaeObjective& objective) {
  if (objective.sparsity == SparsityRule::kCoefficient) return l0;
  return (l0 - objective.target_l0).square_().mul_(2 / objective.target_l0);
}

BatchSums Sum(const at::Tensor& error, const Activity& activity, const SaeObjective& objective) {
  const at::Tensor flat = error.reshape({-1});
  const at::Tensor active = activity.per_token.sum(at::kDouble);
  const at::Tensor penalty = objective.sparsity == SparsityRule::kCoefficient
                                 ? active
                                 : UnitPenalty(activity.per_token, objective).sum(at::kDouble);
  return {at::stack({at::dot(flat, flat).to(at::kDouble), penalty, active}), activity.per_latent};
}

// The derivative of a token's share of the penalty by each of its H(pre - θ), [B, 1] or [1, 1]:
// λ/B, or 4λ(L0(x) - L0*)/(L0*·B).
at::Tensor PenaltySlope(const at::Tensor& l0, const SaeObjective& objective, double coefficient) {
  const double share = coefficient / static_cast<double>(l0.size(0));
  if (objective.sparsity == SparsityRule::kCoefficient) {
    return at::full({1, 1}, share, l0.options());
  }
  return (l0 - objective.target_l0).mul_(4 * share / objective.target_l0).unsqueeze(1);
}

// dθ = -Σ_tokens (K/ε)(θ·d_latents + slope), K = [|pre - θ| < ε/2]; by ln θ: θ·dθ.
at::Tensor ThresholdGradient(const Trace& trace,
                             const SaeObjective& objective,
                             const at::Tensor& d_latents,
                             const at::Tensor& slope) {
  const at::Tensor jump = at::addcmul(slope, d_latents, trace.theta);  // [B, d_sae]
  at::Tensor gradient = InsideWindow(jump, trace.margin, objective.bandwidth / 2)
                            .sum(0)
                            .mul_(-1 / objective.bandwidth);
  const bool is_log = objective.parametrisation == ThresholdParametrisation::kLog;
  return is_log ? gradient.mul_(trace.theta) : gradient;
}

// With g = (2/B)(recons - x), [B, d_in]:
//   dW_dec = latentsᵀ g        d_latents = g W_decᵀ     d_pre = d_latents·H(pre - θ)
//   dW_enc = (x - b)ᵀ d_pre    db_enc = Σ d_pre         db_dec = Σ g - [pre_encoder_bias] Σ d_pre
//   W_encᵀ
SaeGradients Backward(const SaeParameters& parameters,
                      const SaeObjective& objective,
                      const Trace& trace,
                      const at::Tensor& g,
                      const at::Tensor& slope) {
  const at::ScalarType dtype = g.scalar_type();
  const at::Tensor g_operand = Operand(g, objective);
  const at::Tensor d_latents = Product(g_operand, trace.decoder.t(), dtype);
  const at::Tensor d_pre = WherePositive(d_latents, trace.margin);
  SaeGradients gradients;
  gradients.w_dec = Product(trace.activated.t(), g_operand, dtype);
  gradients.w_enc = Product(Operand(d_pre, objective).t(), trace.inputs, dtype).t();
  gradients.b_enc = d_pre.sum(0);
  gradients.b_dec = g.sum(0);
  if (objective.pre_encoder_bias) gradients.b_dec.sub_(at::mv(parameters.w_enc, gradients.b_enc));
  gradients.threshold = ThresholdGradient(trace, objective, d_latents, slope);
  return gradients;
}

}  // namespace

SaeForward Forward(const SaeParameters& parameters,
                   const SaeObjective& objective,
                   const at::Tensor& x) {
  const Trace trace = Encode(parameters, objective, x);
  return {trace.pre_acts, trace.latents, Decode(parameters, trace)};
}

BatchSums SumsOf(const SaeForward& forward, const SaeObjective& objective, const at::Tensor& x) {
  return Sum(forward.recons - x, ActivityOf(forward.latents), objective);
}

BatchSums MeasureForward(const SaeParameters& parameters,
                         const SaeObjective& objective,
                         const at::Tensor& x,
                         const at::Tensor& recons) {
  BatchSums sums{at::zeros({3}, x.options().dtype(at::kDouble)),
                 at::zeros({parameters.d_sae()}, x.options().dtype(at::kDouble))};
  for (std::int64_t first = 0; first < x.size(0); first += kMeasuredTokens) {
    const std::int64_t count = std::min(kMeasuredTokens, x.size(0) - first);
    const at::Tensor part = x.narrow(0, first, count);
    const SaeForward forward = Forward(parameters, objective, part);
    const BatchSums of_part = SumsOf(forward, objective, part);
    sums.totals.add_(of_part.totals);
    sums.fired.add_(of_part.fired);
    if (recons.defined()) recons.narrow(0, first, count).copy_(forward.recons);
  }
  return sums;
}

SaeStep LossAndGradients(const SaeParameters& parameters,
                         const SaeObjective& objective,
                         double coefficient,
                         const at::Tensor& x) {
  const Trace trace = Encode(parameters, objective, x);
  at::Tensor error = Decode(parameters, trace).sub_(x);
  const Activity activity = ActivityOf(trace.latents);
  SaeStep step;
  step.sums = Sum(error, activity, objective);
  const at::Tensor g = error.mul_(2.0 / static_cast<double>(x.size(0)));
  const at::Tensor slope = PenaltySlope(activity.per_token, objective, coefficient);
  step.gradients = Backward(parameters, objective, trace, g, slope);
  return step;
}

}  // namespace saelaw
