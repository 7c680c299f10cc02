// Decides between dense and sparse steps at fixed updates only. The choice changes how sums round,
// so it must not depend on time, on the machine's load or on other runs of the gang.
#include "sae/model/stepper.h"

namespace saelaw {

void Look(const StepSettings& settings, double active, std::int64_t tokens, SaeState& state) {
  if (!LooksAfter(state.adam.updates)) return;
  const double all = static_cast<double>(tokens) * static_cast<double>(state.parameters.d_sae());
  state.dense = active > settings.dense_above * all;
}

}  // namespace saelaw
