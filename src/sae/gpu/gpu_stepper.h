// Steps of a JumpReLU SAE on a GPU by the CUDA library's kernels.
#pragma once

#include <memory>

#include "sae/model/acceleration.h"

namespace saelaw {

Acceleration GpuAcceleration();

// HasGpuLibrary() holds, and all that the acceleration supports but for the device, which is the
// state's: a test's table may step where there is none.
std::unique_ptr<Stepper> MakeGpuStepper(const StepSettings& settings,
                                        StepWorkspace& workspace,
                                        SaeState& state);

}  // namespace saelaw
