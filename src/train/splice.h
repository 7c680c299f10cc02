// What an SAE keeps of a language model's prediction.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "activations/source.h"
#include "core/run_result.h"

namespace saelaw {

// Measures SAEs of one source, one after the other; the model's own loss and that with zeros are
// measured at the first.
class SpliceMeter {
 public:
  // What an SAE makes of scaled vectors: [n, d_in].
  using Reconstruct = std::function<at::Tensor(const at::Tensor& x)>;

  // `scale` multiplies raw activations into those that the SAEs were trained on. `model` is null
  // when the source is no language model, and else must outlive the meter.
  SpliceMeter(const SplicedModel* model, double scale) : model_(model), scale_(scale) {}

  // NaN throughout without a model.
  SpliceLosses Measure(const Reconstruct& reconstruct);

 private:
  void MeasureModel();

  const SplicedModel* model_;
  double scale_;
  // By document: sums of the model's own losses and of those with zeros, and of how many tokens.
  std::vector<double> own_, zero_, tokens_;
  std::int64_t all_tokens_ = 0;
};

}  // namespace saelaw
