// Steps by LibTorch's operations alone: any device, any type, momentum and a gradient clip. Faster
// steppers are held to it.
#pragma once

#include <memory>

#include "sae/model/stepper.h"

namespace saelaw {

// `state` must outlive the stepper.
std::unique_ptr<Stepper> MakeReferenceStepper(const StepSettings& settings, SaeState& state);

}  // namespace saelaw
