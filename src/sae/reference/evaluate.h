// How well an SAE does on vectors it was not trained on, and how sure that is: every document is
// measured by itself, and a standard error is what leaving documents out does (core/held_out.h).
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "core/run_result.h"
#include "sae/model/stepper.h"

namespace saelaw {

// A fixed set of vectors, with what every evaluation on it needs. Kept as they come, so that a gang
// need not hold them twice: what an SAE sees is scale·x.
struct HeldOutSet {
  at::Tensor x;  // [tokens, d_in]
  double scale = 1;
  double variance = 0;  // of scale·x
  std::int64_t documents = 0;
  std::vector<std::int64_t> begins;  // of the parts (HeldOutRecord), and the end: ascending from 0
  // Of each part, of scale·x: Σ ‖x - mean‖² about the mean of the whole set, and ‖Σ (x - mean)‖²,
  // by which that mean moves when the part is left out.
  std::vector<double> squares, shifts;

  std::size_t parts() const { return begins.size() - 1; }
  std::int64_t tokens_of(std::size_t part) const { return begins[part + 1] - begins[part]; }
};
// `begins`: where documents begin, and the end. Beyond kMostHeldOutParts documents neighbours make
// one part.
HeldOutSet HeldOutFrom(const at::Tensor& x, const std::vector<std::int64_t>& begins, double scale);
// As one document: no standard errors.
HeldOutSet HeldOutFrom(const at::Tensor& x, double scale = 1);

// Of how many of its parts a subset has vectors.
struct HeldOutSubset {
  HeldOutSet set;  // one part: what it gives has no errors
  std::int64_t parts = 0;
};
// `tokens` vectors at even distances over the whole set, so that every document counts in it as in
// the whole; or all of it, sharing the vectors, when it has no more.
HeldOutSubset EvenSubset(const HeldOutSet& set, std::int64_t tokens);

struct HeldOutMeasurement {
  Evaluation evaluation;  // `tokens` is left 0: it counts training, of which this knows nothing
  double dense_fraction = 0;
  double dense_fraction_se = 0;                  // NaN with one part
  std::vector<std::int64_t> firing_histogram;    // as in RunResult
  std::int64_t fired_once = 0, fired_twice = 0;  // latents, as in RunResult
  HeldOutRecord record;
};
// Measures the objective of the stepper's SAE at `coefficient` (the final one, so that points of a
// curve compare), part by part and of each `chunk_tokens` rows at a time: those of a training batch
// take no more memory than a step. A function of the SAE, the path and the arguments, whatever was
// stepped between.
HeldOutMeasurement Evaluate(Stepper& stepper,
                            double coefficient,
                            const HeldOutSet& set,
                            std::int64_t chunk_tokens);

}  // namespace saelaw
