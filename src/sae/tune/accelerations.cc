// The list of all ways to take a step, the fastest first and the reference last. Whoever looks for
// a path walks down the list, and always finds the reference at its end.
#include "sae/tune/accelerations.h"

#include <algorithm>
#include <cassert>

#include <ATen/ATen.h>

#include "sae/cpu/cpu_stepper.h"
#include "sae/gpu/gpu_stepper.h"
#include "sae/model/architecture.h"
#include "sae/reference/reference_stepper.h"

namespace saelaw {
namespace {

std::vector<Acceleration> AllAccelerations() {
  // The order is that of speed, and FastestPathOn takes the first path that can run.
  std::vector<Acceleration> all = {GpuAcceleration()};
  for (Acceleration& of_cpu : CpuAccelerations()) all.push_back(std::move(of_cpu));
  all.push_back(ReferenceAcceleration());
  return all;
}

template <typename T, typename U>
bool Has(const std::vector<T>& list, const U& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

bool IsReference(const Acceleration& acceleration) { return acceleration.name == kReferencePath; }

}  // namespace

const std::vector<Acceleration>& Accelerations() {
  static const std::vector<Acceleration> all = AllAccelerations();
  return all;
}

const Acceleration* FindAcceleration(std::string_view name) {
  for (const Acceleration& acceleration : Accelerations()) {
    if (acceleration.name == name) return &acceleration;
  }
  return nullptr;
}

// The reference is not bound to a device, and so is not asked for one.
bool CanRunOn(const Acceleration& acceleration, at::Device device) {
  if (IsReference(acceleration)) return true;
  return acceleration.device == device.type() && acceleration.is_here();
}

bool CanRunOn(std::string_view name, at::Device device) {
  const Acceleration* acceleration = FindAcceleration(name);
  return acceleration != nullptr && CanRunOn(*acceleration, device);
}

std::string_view FastestPathOn(at::Device device) {
  const auto fastest = std::find_if(
      Accelerations().begin(), Accelerations().end(), [&](const Acceleration& acceleration) {
        return CanRunOn(acceleration, device);
      });
  return fastest->name;  // at the latest the reference
}

// Tells whether kernels can take these settings. Adam's first moment, the global norm of a gradient
// and the auxiliary losses need all gradients at once, which kernels never have; and a penalty by
// tanh is made for none of them.
bool Supports(const Acceleration& acceleration,
              const StepSettings& settings,
              const SaeState& state) {
  if (IsReference(acceleration)) return true;
  return Has(acceleration.architectures, settings.objective.architecture->name()) &&
         Has(acceleration.precisions, settings.objective.precision) &&
         state.parameters.w_dec.scalar_type() == at::kFloat && settings.adam.beta1 == 0 &&
         settings.gradient_clip == 0 && settings.auxiliary.coefficient == 0 &&
         settings.objective.penalty == PenaltyShape::kL0;
}

std::unique_ptr<Stepper> MakeStepper(std::string_view path,
                                     const StepSettings& settings,
                                     StepWorkspace& workspace,
                                     SaeState& state) {
  const Acceleration* wanted = FindAcceleration(path);
  // Paths that do not exist are refused when the tuning is resolved, long before a step.
  assert(wanted != nullptr);
  const bool is_here = CanRunOn(*wanted, state.parameters.w_dec.device());
  const bool taken = is_here && Supports(*wanted, settings, state);
  // A run that the path does not support takes the reference, whatever its fellows do.
  return (taken ? *wanted : Accelerations().back()).make(settings, workspace, state);
}

}  // namespace saelaw
