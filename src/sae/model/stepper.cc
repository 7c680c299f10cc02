#include "sae/model/stepper.h"

namespace saelaw {

void Look(const StepSettings& settings, double active, std::int64_t tokens, SaeState& state) {
  if (!LooksAfter(state.adam.updates)) return;
  const double all = static_cast<double>(tokens) * static_cast<double>(state.parameters.d_sae());
  state.dense = active > settings.dense_above * all;
}

}  // namespace saelaw
