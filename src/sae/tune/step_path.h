// Which paths a device has: the reference is every device's, kCuda a GPU's, the others a CPU's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jobs/tuning.h"
#include "sae/model/stepper.h"

namespace saelaw {

std::string_view Name(StepPath path);
std::optional<StepPath> ParseStepPath(std::string_view name);
// Whether this machine's CPU, and its operating system, can run it; or that the CUDA library is
// open.
bool CanRun(StepPath path);
// The fastest path that this CPU can.
StepPath BestStepPath();

bool CanRunOn(StepPath path, at::Device device);
// The fastest of them.
StepPath BestStepPathOn(at::Device device);

// How a job's steps are taken on this device of `machine` (MachineOf): with the path named, and
// what does not hold here left out. `begun` says that steps have been taken so. Throws
// ConfigurationError when the device lacks the path, or where steps of a job that was begun would
// differ.
StepTuning ResolvedTuning(StepTuning tuning,
                          at::Device device,
                          const std::string& machine,
                          bool begun);

}  // namespace saelaw
