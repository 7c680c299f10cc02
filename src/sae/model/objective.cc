// Gathers what the loss depends on, and turns sums over a batch into means. Sums travel as they
// are, on the device and in double, and are divided only here.
#include "sae/model/objective.h"

#include "sae/model/architecture.h"

namespace saelaw {

// What changes during a run, such as the coefficient, is left out and comes with each step.
SaeObjective MakeObjective(const SaeSpec& sae, const TrainingSpec& training) {
  return {sae.pre_encoder_bias,
          sae.threshold_parametrisation,
          sae.bandwidth,
          // A controlled penalty is linear, and its coefficient comes with each step.
          training.l0_controller ? SparsityRule::kCoefficient : training.sparsity,
          training.target_l0,
          training.precision,
          &FindArchitecture(sae),
          sae.k,
          sae.input_gradients,
          training.penalty,
          training.tanh_scale};
}

AuxiliaryLoss MakeAuxiliaryLoss(const TrainingSpec& training) {
  switch (training.dead_latents) {
    case DeadLatents::kAuxK:
      return {training.auxk_coefficient, training.auxk_latents, DeadLatents::kAuxK};
    case DeadLatents::kPreActs:
      return {training.pre_act_coefficient, 0, DeadLatents::kPreActs};
    case DeadLatents::kNone:
    case DeadLatents::kResample:
      break;
  }
  return {};
}

LossTerms MakeTerms(const at::Tensor& totals, double coefficient, std::int64_t tokens) {
  // This is where the host waits for a device.
  const at::Tensor host = totals.cpu();
  const double* total = host.const_data_ptr<double>();
  const auto count = static_cast<double>(tokens);
  LossTerms terms;
  terms.mse = total[0] / count;
  // The penalty's sum is that of coefficient 1, so that one sum serves every point of a warm-up.
  terms.penalty = coefficient * total[1] / count;
  terms.l0 = total[2] / count;
  terms.loss = terms.mse + terms.penalty;
  return terms;
}

}  // namespace saelaw
