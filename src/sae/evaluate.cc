#include "sae/evaluate.h"

#include <algorithm>

#include <ATen/ATen.h>

#include "sae/metrics.h"

namespace saelaw {
HeldOutSet HeldOutFrom(const at::Tensor& x, double scale) {
  return {x, scale, scale * scale * Variance(x)};
}

HeldOutSet FirstOf(const HeldOutSet& set, std::int64_t tokens) {
  if (tokens >= set.x.size(0)) return set;
  return HeldOutFrom(set.x.narrow(0, 0, tokens), set.scale);
}

HeldOutMeasurement Evaluate(Stepper& stepper,
                            double coefficient,
                            const HeldOutSet& set,
                            std::int64_t chunk_tokens) {
  const std::int64_t tokens = set.x.size(0);
  at::Tensor totals = at::zeros({3}, set.x.options().dtype(at::kDouble));
  at::Tensor fired = at::zeros({1}, totals.options());
  for (std::int64_t first = 0; first < tokens; first += chunk_tokens) {
    const at::Tensor x = set.x.narrow(0, first, std::min(chunk_tokens, tokens - first)) * set.scale;
    const BatchSums sums = stepper.Measure(x, {});
    totals = totals + sums.totals;
    fired = fired + sums.fired;  // [d_sae]
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
  measured.fired_once = fired.eq(1).sum().item<std::int64_t>();
  measured.fired_twice = fired.eq(2).sum().item<std::int64_t>();
  return measured;
}

}  // namespace saelaw
