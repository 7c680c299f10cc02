// What an SAE keeps of a language model's prediction.
#pragma once

#include "activations/source.h"
#include "run/run_result.h"
#include "sae/jump_relu.h"

namespace saelaw {

// Measures SAEs of one source, one after the other; the model's own loss and that with zeros are
// measured at the first.
class SpliceMeter {
 public:
  // `scale` multiplies raw activations into those that the SAEs were trained on. The source must
  // outlive the meter.
  SpliceMeter(ActivationSource& source, double scale) : source_(source), scale_(scale) {}

  // NaN throughout when the source is no language model. Throws what loading its layers throws.
  SpliceLosses Measure(const SaeParameters& parameters, const SaeObjective& objective);

 private:
  ActivationSource& source_;
  double scale_;
  double own_ = 0, zero_ = 0;
  bool measured_ = false;
};

}  // namespace saelaw
