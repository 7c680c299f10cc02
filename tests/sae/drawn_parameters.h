// An SAE in the middle of nowhere, in fp64: no symmetry of its tensors hides an error.
#pragma once

#include <cmath>
#include <cstdint>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "sae/model/jump_relu.h"

namespace saelaw {

inline at::Tensor Drawn(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::detail::createCPUGenerator(seed), at::kDouble);
}

inline SaeParameters DrawnParameters(std::int64_t d_in,
                                     std::int64_t d_sae,
                                     ThresholdParametrisation parametrisation) {
  SaeParameters p;
  p.w_enc = Drawn({d_in, d_sae}, 1) / std::sqrt(d_in);
  p.b_enc = Drawn({d_sae}, 2) * 0.1;
  p.w_dec = Drawn({d_sae, d_in}, 3);
  NormaliseDecoderRows(p.w_dec);
  p.b_dec = Drawn({d_in}, 4) * 0.1;
  const at::Tensor theta = Drawn({d_sae}, 5).abs() * 0.3 + 0.7;
  p.threshold = parametrisation == ThresholdParametrisation::kLog ? theta.log() : theta;
  return p;
}

}  // namespace saelaw
