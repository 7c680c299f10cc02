// Steps on the CPU by own kernels.
#pragma once

#include <memory>

#include "sae/model/stepper.h"

namespace saelaw {

// The path is not the reference, and CpuStepperApplies.
std::unique_ptr<Stepper> MakeCpuStepper(StepPath path,
                                        const StepSettings& settings,
                                        StepWorkspace& workspace,
                                        SaeState& state);

// Whether own kernels do what these settings ask: fp32 masters on the CPU, no momentum, no clip.
bool CpuStepperApplies(const StepSettings& settings, const SaeState& state);

}  // namespace saelaw
