#include "sae/tune/accelerations.h"

#include "sae/cpu/cpu_stepper.h"
#include "sae/gpu/gpu_stepper.h"
#include "sae/reference/reference_stepper.h"

namespace saelaw {

std::unique_ptr<Stepper> MakeStepper(StepPath path,
                                     const StepSettings& settings,
                                     StepWorkspace& workspace,
                                     SaeState& state) {
  if (path == StepPath::kCuda && GpuStepperApplies(settings, state)) {
    return MakeGpuStepper(settings, workspace, state);
  }
  const bool of_cpu = path != StepPath::kReference && path != StepPath::kCuda;
  if (!of_cpu || !CpuStepperApplies(settings, state)) {
    return MakeReferenceStepper(settings, state);
  }
  return MakeCpuStepper(path, settings, workspace, state);
}

}  // namespace saelaw
