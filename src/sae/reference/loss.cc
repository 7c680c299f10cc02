// The loss and its gradients written out by hand in LibTorch operations: this is what all kernels
// are compared with. Operands are rounded where a kernel would round them, and nowhere else.
#include "sae/reference/loss.h"

#include <algorithm>
#include <memory>

#include <ATen/ATen.h>

#include "core/portions.h"
#include "sae/model/architecture.h"
#include "sae/reference/auxiliary.h"
#include "sae/reference/products.h"

namespace saelaw {
namespace {

// Pre-activations of so many tokens at once stay small beside the SAE.
using portions::kMeasuredTokens;

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

// Everything of a forward pass that the backward pass reads again.
struct Trace {
  at::Tensor inputs;    // [B, d_in]  x - b_dec·[pre_encoder_bias], as operand
  at::Tensor decoder;   // [d_sae, d_in] W_dec, as operand
  at::Tensor pre_acts;  // [B, d_sae]
  std::unique_ptr<Activation> activation;
  at::Tensor activated;  // [B, d_sae] latents, as operand
};

// `alone` says that nothing will be trained by this pass, so that each token is decided by itself.
Trace Encode(const SaeParameters& parameters,
             const SaeObjective& objective,
             const at::Tensor& x,
             bool alone) {
  const Architecture& architecture = *objective.architecture;
  Trace trace;
  // The bias is taken off in fp32, and the difference is rounded once.
  trace.inputs = Operand(objective.pre_encoder_bias ? x - parameters.b_dec : x, objective);
  trace.decoder = Operand(parameters.w_dec, objective);
  trace.pre_acts =
      ExactAffine(parameters.b_enc, trace.inputs, Operand(parameters.w_enc, objective));
  trace.activation = alone ? architecture.ActivateAlone(parameters, objective, trace.pre_acts)
                           : architecture.Activate(parameters, objective, trace.pre_acts);
  trace.activated = Operand(trace.activation->latents(), objective);
  return trace;
}

at::Tensor Decode(const SaeParameters& parameters, const Trace& trace) {
  return Affine(parameters.b_dec, trace.activated, trace.decoder);
}

// Latents are positive wherever they are active, and a NaN's sign is NaN, so the sign is the mask.
struct Activity {
  at::Tensor per_token;   // [B] L0(x)
  at::Tensor per_latent;  // [d_sae]
};
Activity MeasureActivity(const at::Tensor& latents) {
  const at::Tensor active = latents.sign();
  return {active.sum(1), active.sum(0)};
}

BatchSums Sum(const at::Tensor& error, const Activity& activity, const Activation& activation) {
  // The dot product needs no second tensor of squares, which a sum of squares would make.
  const at::Tensor flat = error.reshape({-1});
  return {at::stack({at::dot(flat, flat).to(at::kDouble),
                     activation.Penalty(activity.per_token),
                     activity.per_token.sum(at::kDouble)}),
          activity.per_latent};
}

// With g = (2/B)(recons - x), [B, d_in], and d_pre from the architecture:
//   dW_dec = latentsᵀ g        d_latents = g W_decᵀ
//   dW_enc = (x - b)ᵀ d_pre    db_enc = Σ d_pre         db_dec = Σ g - [pre_encoder_bias] Σ d_pre
//   W_encᵀ
SaeGradients Backward(const SaeParameters& parameters,
                      const SaeObjective& objective,
                      const Trace& trace,
                      const at::Tensor& g,
                      const at::Tensor& l0,
                      double coefficient) {
  const at::ScalarType dtype = g.scalar_type();
  const at::Tensor g_operand = Operand(g, objective);
  const at::Tensor d_latents = Product(g_operand, trace.decoder.t(), dtype);
  SaeGradients gradients;
  gradients.w_dec = Product(trace.activated.t(), g_operand, dtype);
  const at::Tensor d_pre = trace.activation->Backward({d_latents, g, l0, coefficient}, gradients);
  // The product is made by latent and turned round, so that the gradient lies as the weight does.
  gradients.w_enc = Product(Operand(d_pre, objective).t(), trace.inputs, dtype).t();
  gradients.b_enc = d_pre.sum(0);
  gradients.b_dec = g.sum(0);
  if (objective.pre_encoder_bias) gradients.b_dec.sub_(at::mv(parameters.w_enc, gradients.b_enc));
  return gradients;
}

}  // namespace

SaeForward Forward(const SaeParameters& parameters,
                   const SaeObjective& objective,
                   const at::Tensor& x) {
  const Trace trace = Encode(parameters, objective, x, /*alone=*/true);
  return {trace.pre_acts, trace.activation->latents(), Decode(parameters, trace)};
}

BatchSums MeasureForward(const SaeParameters& parameters,
                         const SaeObjective& objective,
                         const at::Tensor& x,
                         const at::Tensor& recons) {
  BatchSums sums{at::zeros({3}, x.options().dtype(at::kDouble)),
                 at::zeros({parameters.d_sae()}, x.options().dtype(at::kDouble))};
  // A large set is taken in pieces, which bounds the memory of pre-activations.
  for (std::int64_t first = 0; first < x.size(0); first += kMeasuredTokens) {
    const std::int64_t count = std::min(kMeasuredTokens, x.size(0) - first);
    const at::Tensor part = x.narrow(0, first, count);
    const Trace trace = Encode(parameters, objective, part, /*alone=*/true);
    const at::Tensor of_part = Decode(parameters, trace);
    const Activity activity = MeasureActivity(trace.activation->latents());
    const BatchSums own = Sum(of_part - part, activity, *trace.activation);
    sums.totals.add_(own.totals);
    sums.fired.add_(own.fired);
    if (recons.defined()) recons.narrow(0, first, count).copy_(of_part);
  }
  return sums;
}

SaeStep LossAndGradients(const SaeParameters& parameters,
                         const SaeObjective& objective,
                         double coefficient,
                         const at::Tensor& x,
                         const AuxiliaryLoss& auxiliary,
                         const at::Tensor& dead) {
  // Training takes the activation that may look at the whole batch, unlike a measurement.
  const Trace trace = Encode(parameters, objective, x, /*alone=*/false);
  at::Tensor error = Decode(parameters, trace).sub_(x);
  const Activity activity = MeasureActivity(trace.activation->latents());
  SaeStep step;
  step.sums = Sum(error, activity, *trace.activation);
  step.seen = trace.activation->Seen();
  // The error is scaled in place: its squares are summed already.
  const at::Tensor g = error.mul_(2.0 / static_cast<double>(x.size(0)));
  step.gradients = Backward(parameters, objective, trace, g, activity.per_token, coefficient);
  if (auxiliary.coefficient > 0 && dead.defined()) {
    step.auxiliary = AddAuxiliary(parameters,
                                  objective,
                                  auxiliary,
                                  dead,
                                  {trace.inputs, trace.decoder, trace.pre_acts, g},
                                  step.gradients);
  }
  return step;
}

}  // namespace saelaw
