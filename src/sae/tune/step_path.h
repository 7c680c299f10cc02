// How the steps of a job are taken on this machine, and whether they can be.
#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "jobs/tuning.h"

namespace saelaw {

// How a job's steps are taken on this device of `machine` (NameMachine): with the path named, and
// what does not hold here left out. `begun` says that steps have been taken so. Throws
// ConfigurationError when the device lacks the path, or where steps of a job that was begun would
// differ.
StepTuning ResolvedTuning(StepTuning tuning,
                          at::Device device,
                          const std::string& machine,
                          bool begun);

}  // namespace saelaw
