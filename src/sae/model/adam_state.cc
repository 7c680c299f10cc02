#include "sae/model/adam_state.h"

#include <ATen/ATen.h>

namespace saelaw {

AdamState NewAdamState(const SaeParameters& parameters, const AdamSettings& settings) {
  const auto zeros = [](const at::Tensor& tensor) { return at::zeros_like(tensor); };
  AdamState state;
  if (settings.beta1 != 0) state.first = Mapped(parameters, zeros);
  state.second = Mapped(parameters, zeros);
  return state;
}

}  // namespace saelaw
