// The moments have the shapes and strides of what they belong to, so that one loop walks over all
// of them. Without momentum there are no first moments at all, which saves a third of what training
// keeps.
#include "sae/model/adam_state.h"

#include <ATen/ATen.h>

namespace saelaw {

AdamState NewAdamState(const SaeParameters& parameters, const AdamSettings& settings) {
  const auto zeros = [](const at::Tensor& tensor) { return at::zeros_like(tensor); };
  SaeParameters trained = parameters;
  for (const auto field : kUntrainedFields) (trained.*field).reset();
  AdamState state;
  // The gradient takes the place of the first moment where beta1 is 0.
  if (settings.beta1 != 0) state.first = Mapped(trained, zeros);
  state.second = Mapped(trained, zeros);
  return state;
}

}  // namespace saelaw
