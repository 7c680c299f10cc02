// The table of accelerations, and who of it takes the steps of an SAE.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "sae/model/acceleration.h"

namespace saelaw {

// All there are, a device's fastest first; the last is the reference, which supports everything.
const std::vector<Acceleration>& Accelerations();
// Null: none has the name.
const Acceleration* FindAcceleration(std::string_view name);

// Whether it is the device's, and this machine has what it needs.
bool CanRunOn(const Acceleration& acceleration, at::Device device);
bool CanRunOn(std::string_view name, at::Device device);
// Name of the fastest of them.
std::string_view FastestPathOn(at::Device device);

// Whether it does what these settings ask on this state. The device is not asked for: a test's
// table may step where there is none.
bool Supports(const Acceleration& acceleration,
              const StepSettings& settings,
              const SaeState& state);

// `state` and `workspace` must outlive the stepper. Whoever changes the state afterwards makes a
// new stepper. A path is taken only where it supports what is asked, on the state's device; the
// reference takes the steps elsewhere. `path` is the name of an acceleration.
std::unique_ptr<Stepper> MakeStepper(std::string_view path,
                                     const StepSettings& settings,
                                     StepWorkspace& workspace,
                                     SaeState& state);

}  // namespace saelaw
