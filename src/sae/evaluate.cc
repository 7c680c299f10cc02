#include "sae/evaluate.h"

#include <algorithm>

#include <ATen/ATen.h>

#include "sae/metrics.h"

namespace saelaw {
namespace {

// The reference holds four arrays of a chunk's pre-activations: few tokens keep them small beside
// the SAE itself.
constexpr std::int64_t kChunkTokens = 256;

}  // namespace

HeldOutSet HeldOutFrom(const at::Tensor& x, double scale) {
  return {x, scale, scale * scale * Variance(x)};
}

HeldOutSet FirstOf(const HeldOutSet& set, std::int64_t tokens) {
  if (tokens >= set.x.size(0)) return set;
  return HeldOutFrom(set.x.narrow(0, 0, tokens), set.scale);
}

HeldOutMeasurement Evaluate(const SaeParameters& parameters,
                            const SaeObjective& objective,
                            double coefficient,
                            const HeldOutSet& set) {
  const std::int64_t tokens = set.x.size(0);
  at::Tensor totals = at::zeros({3}, set.x.options().dtype(at::kDouble));
  at::Tensor fired = at::zeros({parameters.d_sae()}, totals.options());
  for (std::int64_t first = 0; first < tokens; first += kChunkTokens) {
    const at::Tensor x = set.x.narrow(0, first, std::min(kChunkTokens, tokens - first)) * set.scale;
    const BatchSums sums = SumsOf(Forward(parameters, objective, x), objective, x);
    totals.add_(sums.totals);
    fired.add_(sums.fired);
  }
  const LossTerms terms = TermsOf(totals, coefficient, tokens);
  HeldOutMeasurement measured;
  measured.evaluation.loss = terms.loss;
  measured.evaluation.mse = terms.mse;
  measured.evaluation.fvu = FractionVarianceUnexplained(terms.mse, set.variance);
  measured.evaluation.l0 = terms.l0;
  measured.evaluation.dead_fraction = DeadFraction(fired);
  measured.dense_fraction = DenseFraction(fired, tokens);
  measured.firing_histogram = FiringHistogram(fired, tokens);
  return measured;
}

}  // namespace saelaw
