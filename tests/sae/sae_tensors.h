// The tensors of a JumpReLU SAE as a list, in the order of its architecture.
#pragma once

#include <array>

#include "sae/model/jump_relu.h"

namespace saelaw {

inline constexpr std::array<const char*, 5> kSaeTensorNames = {
    "w_enc", "b_enc", "w_dec", "b_dec", "threshold"};

inline std::array<at::Tensor, 5> TensorsOf(const SaeParameters& parameters) {
  return {
      parameters.w_enc, parameters.b_enc, parameters.w_dec, parameters.b_dec, parameters.threshold};
}

}  // namespace saelaw
