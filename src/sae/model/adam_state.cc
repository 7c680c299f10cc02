#include "sae/model/adam_state.h"

#include <ATen/ATen.h>

namespace saelaw {
namespace {

SaeParameters ZerosLike(const SaeParameters& parameters) {
  return {at::zeros_like(parameters.w_enc),
          at::zeros_like(parameters.b_enc),
          at::zeros_like(parameters.w_dec),
          at::zeros_like(parameters.b_dec),
          at::zeros_like(parameters.threshold)};
}

}  // namespace

AdamState NewAdamState(const SaeParameters& parameters, const AdamSettings& settings) {
  AdamState state;
  if (settings.beta1 != 0) state.first = ZerosLike(parameters);
  state.second = ZerosLike(parameters);
  return state;
}

}  // namespace saelaw
