// Who takes the steps of an SAE: the reference, or kernels of our own where they apply.
#pragma once

#include <memory>

#include "sae/model/stepper.h"

namespace saelaw {

// `state` and `workspace` must outlive the stepper. Whoever changes the state afterwards makes a
// new stepper. A path is taken only where it applies: the reference does the steps on another
// device, in another type than fp32, with momentum (beta1 > 0) or with a gradient clip.
std::unique_ptr<Stepper> MakeStepper(StepPath path,
                                     const StepSettings& settings,
                                     StepWorkspace& workspace,
                                     SaeState& state);

}  // namespace saelaw
