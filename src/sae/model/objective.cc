#include "sae/model/objective.h"

#include "sae/model/architecture.h"

namespace saelaw {

SaeObjective ObjectiveOf(const SaeSpec& sae, const TrainingSpec& training) {
  return {sae.pre_encoder_bias,
          sae.threshold_parametrisation,
          sae.bandwidth,
          training.sparsity,
          training.target_l0,
          training.precision,
          &ArchitectureOf(sae)};
}

LossTerms TermsOf(const at::Tensor& totals, double coefficient, std::int64_t tokens) {
  const at::Tensor host = totals.cpu();
  const double* total = host.const_data_ptr<double>();
  const auto count = static_cast<double>(tokens);
  LossTerms terms;
  terms.mse = total[0] / count;
  terms.penalty = coefficient * total[1] / count;
  terms.l0 = total[2] / count;
  terms.loss = terms.mse + terms.penalty;
  return terms;
}

}  // namespace saelaw
