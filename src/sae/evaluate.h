// How well an SAE does on vectors it was not trained on.
#pragma once

#include <ATen/core/Tensor.h>

#include "run/run_result.h"
#include "sae/stepper.h"

namespace saelaw {

// A fixed set of vectors, with what every evaluation on it needs. Kept as they come, so that a gang
// need not hold them twice: what an SAE sees is scale·x.
struct HeldOutSet {
  at::Tensor x;  // [tokens, d_in]
  double scale = 1;
  double variance = 0;  // of scale·x
};
HeldOutSet HeldOutFrom(const at::Tensor& x, double scale = 1);
// The first `tokens` of a set, or all of it when it has fewer. Shares the vectors.
HeldOutSet FirstOf(const HeldOutSet& set, std::int64_t tokens);

struct HeldOutMeasurement {
  Evaluation evaluation;  // `tokens` is left 0: it counts training, of which this knows nothing
  double dense_fraction = 0;
  std::vector<std::int64_t> firing_histogram;    // as in RunResult
  std::int64_t fired_once = 0, fired_twice = 0;  // latents, as in RunResult
};
// Measures the objective of the stepper's SAE at `coefficient` (the final one, so that points of a
// curve compare), `chunk_tokens` rows at a time: those of a training batch take no more memory than
// a step. A function of the SAE, the path and the arguments, whatever was stepped between.
HeldOutMeasurement Evaluate(Stepper& stepper,
                            double coefficient,
                            const HeldOutSet& set,
                            std::int64_t chunk_tokens);

}  // namespace saelaw
