// Steps on a GPU by the CUDA library's kernels.
#pragma once

#include <memory>

#include "sae/model/stepper.h"

namespace saelaw {

// Whether they do what these settings ask: fp32 masters on a CUDA device, products in bf16, no
// momentum, no clip; and whether the library is open.
bool GpuStepperApplies(const StepSettings& settings, const SaeState& state);

// As MakeStepper. HasGpuLibrary() holds, and GpuStepperApplies but for the device, which is the
// state's: a test's table may step where there is none.
std::unique_ptr<Stepper> MakeGpuStepper(const StepSettings& settings,
                                        StepWorkspace& workspace,
                                        SaeState& state);

}  // namespace saelaw
