// Which paths a device has: the reference is every device's, kCuda a GPU's, the others a CPU's.
#pragma once

#include "sae/stepper.h"

namespace saelaw {

bool CanRunOn(StepPath path, at::Device device);
// The fastest of them.
StepPath BestStepPathOn(at::Device device);

}  // namespace saelaw
