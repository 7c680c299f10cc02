// Turns what a job says of its steps into what this machine will do, before the first step. A job
// that was begun must go on as it was begun, or not at all, because another path rounds
// differently.
#include "sae/tune/step_path.h"

#include <fmt/format.h>

#include "core/errors.h"
#include "sae/tune/accelerations.h"

namespace saelaw {
namespace {

[[noreturn]] void RefuseToContinue(const std::string& what) {
  throw ConfigurationError(fmt::format(
      "{}: continue the job on a machine like the one it began on, or remove its folder "
      "to begin again",
      what));
}

// An algorithm of cuBLASLt is a place in a list that another GPU, or another driver, orders
// differently: there a job that was begun is not continued, and one that begins takes the first.
void CheckMachine(const std::string& machine, bool begun, StepTuning& tuning) {
  if (tuning.machine.empty() || tuning.machine == machine) return;
  if (begun) {
    RefuseToContinue(
        fmt::format("the job's steps were taken on '{}', this is '{}'", tuning.machine, machine));
  }
  // A job that only begins may take this machine's name, and chooses its algorithms anew.
  tuning.machine = machine;
  tuning.shapes.clear();
}

}  // namespace

StepTuning ResolvedTuning(StepTuning tuning,
                          at::Device device,
                          const std::string& machine,
                          bool begun) {
  // An empty path leaves the choice to the machine on which the job begins.
  if (tuning.path.empty()) tuning.path = FastestPathOn(device);
  const Acceleration* path = FindAcceleration(tuning.path);
  // Earlier versions wrote the CPU's path into jobs of a GPU as well, and took the reference there.
  if (path != nullptr && path->device == at::kCPU && !device.is_cpu()) {
    tuning.path = kReferencePath;
    return tuning;
  }
  if (path == nullptr || !CanRunOn(*path, device)) {
    RefuseToContinue(
        fmt::format("the device {} cannot take steps on the path '{}', the fastest it has is {}",
                    device.str(),
                    tuning.path,
                    FastestPathOn(device)));
  }
  if (tuning.path == kCudaPath) CheckMachine(machine, begun, tuning);
  return tuning;
}

}  // namespace saelaw
