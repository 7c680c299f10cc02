// The way back is that of the loss with another error and another choice of latents. How many are
// dead has to be known on the host, as it decides a shape; on a GPU each such step waits for it.
#include "sae/reference/auxiliary.h"

#include <algorithm>
#include <limits>

#include <ATen/ATen.h>

#include "sae/model/jump_relu.h"
#include "sae/model/largest.h"
#include "sae/reference/products.h"

namespace saelaw {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

// From the derivative by pre-activations, [B, d_sae], to what they are made of.
void AddThroughEncoder(const SaeParameters& parameters,
                       const SaeObjective& objective,
                       const at::Tensor& inputs,
                       const at::Tensor& d_pre,
                       SaeGradients& gradients) {
  const at::Tensor d_bias = d_pre.sum(0);
  gradients.w_enc.add_(Product(Operand(d_pre, objective).t(), inputs, d_pre.scalar_type()).t());
  gradients.b_enc.add_(d_bias);
  if (objective.pre_encoder_bias) gradients.b_dec.sub_(at::mv(parameters.w_enc, d_bias));
}

// Every token pulls a dead latent and its threshold together with the same force, until they meet.
at::Tensor AddPreActs(const SaeParameters& parameters,
                      const SaeObjective& objective,
                      double coefficient,
                      const at::Tensor& dead,
                      const StepTrace& trace,
                      SaeGradients& gradients) {
  const double share = coefficient / static_cast<double>(trace.g.size(0));
  const at::Tensor theta = ComputeThreshold(parameters, objective.parametrisation);
  const at::Tensor lack = (theta - trace.pre_acts).clamp_min_(0).mul_(dead);  // [B, d_sae]
  const at::Tensor pull = lack.sign().mul_(share);
  at::Tensor d_theta = pull.sum(0);
  if (objective.parametrisation == ThresholdParametrisation::kLog) d_theta.mul_(theta);
  gradients.threshold.add_(d_theta);
  AddThroughEncoder(parameters, objective, trace.inputs, pull.neg(), gradients);
  return lack.sum(at::kDouble).mul_(share);
}

}  // namespace

at::Tensor AddAuxiliary(const SaeParameters& parameters,
                        const SaeObjective& objective,
                        const AuxiliaryLoss& auxiliary,
                        const at::Tensor& dead,
                        const StepTrace& trace,
                        SaeGradients& gradients) {
  const auto found = dead.sum().item<std::int64_t>();
  if (found == 0) return {};
  if (auxiliary.kind == DeadLatents::kPreActs) {
    return AddPreActs(parameters, objective, auxiliary.coefficient, dead, trace, gradients);
  }
  const at::ScalarType dtype = trace.g.scalar_type();
  const auto tokens = static_cast<double>(trace.g.size(0));
  const std::int64_t wanted =
      std::max<std::int64_t>(1, auxiliary.latents > 0 ? auxiliary.latents : trace.g.size(1) / 2);
  const double weight = auxiliary.coefficient *
                        std::min(1.0, static_cast<double>(found) / static_cast<double>(wanted));
  const at::Tensor of_dead = trace.pre_acts.masked_fill(dead.logical_not(), kNever);
  const at::Tensor chosen = LargestOfRows(of_dead, std::min(wanted, found));  // [B, d_sae]
  const at::Tensor z = Operand(trace.pre_acts.mul(chosen), objective);
  // z·W_dec - r, as r = -(B/2)·g; and its derivative.
  const at::Tensor miss = Product(z, trace.decoder, dtype).add_(trace.g, tokens / 2);
  const at::Tensor d_miss = miss * (2 * weight / tokens);
  const at::Tensor operand = Operand(d_miss, objective);
  const at::Tensor d_pre = Product(operand, trace.decoder.t(), dtype).mul_(chosen);
  gradients.w_dec.add_(Product(z.t(), operand, dtype));
  AddThroughEncoder(parameters, objective, trace.inputs, d_pre, gradients);
  return miss.square_().sum(at::kDouble).mul_(weight / tokens);
}

}  // namespace saelaw
