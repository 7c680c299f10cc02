#include "sae/tune/step_path.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/errors.h"
#include "sae/cpu/kernels.h"
#include "sae/gpu/gpu_library.h"

namespace saelaw {
namespace {

constexpr std::array<std::pair<StepPath, std::string_view>, 6> kNames = {{
    {StepPath::kReference, "reference"},
    {StepPath::kAvx2, "avx2"},
    {StepPath::kAvx512, "avx512"},
    {StepPath::kAvx512Bf16, "avx512_bf16"},
    {StepPath::kAmx, "amx"},
    {StepPath::kCuda, "cuda"},
}};

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
  tuning.machine = machine;
  tuning.shapes.clear();
}

}  // namespace

std::string_view Name(StepPath path) {
  return std::find_if(
             kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == path; })
      ->second;
}

std::optional<StepPath> ParseStepPath(std::string_view name) {
  for (const auto& [path, own] : kNames) {
    if (own == name) return path;
  }
  return std::nullopt;
}

bool CanRun(StepPath path) {
  if (path == StepPath::kReference) return true;
  return path == StepPath::kCuda ? HasGpuLibrary() : CpuCanRun(path);
}

StepPath BestStepPath() {
  StepPath best = StepPath::kReference;
  for (const auto& [path, name] : kNames) {
    if (path != StepPath::kCuda && CanRun(path)) best = path;
  }
  return best;
}

bool CanRunOn(StepPath path, at::Device device) {
  if (path == StepPath::kReference) return true;
  return (path == StepPath::kCuda) == device.is_cuda() && CanRun(path);
}

StepPath BestStepPathOn(at::Device device) {
  if (device.is_cpu()) return BestStepPath();
  return CanRunOn(StepPath::kCuda, device) ? StepPath::kCuda : StepPath::kReference;
}

StepTuning ResolvedTuning(StepTuning tuning,
                          at::Device device,
                          const std::string& machine,
                          bool begun) {
  if (tuning.path.empty()) tuning.path = Name(BestStepPathOn(device));
  const std::optional<StepPath> path = ParseStepPath(tuning.path);
  // Earlier versions wrote the CPU's path into jobs of a GPU as well, and took the reference there.
  if (path && *path != StepPath::kCuda && !device.is_cpu()) {
    tuning.path = Name(StepPath::kReference);
    return tuning;
  }
  if (!path || !CanRunOn(*path, device)) {
    RefuseToContinue(
        fmt::format("the device {} cannot take steps on the path '{}', the fastest it has is {}",
                    device.str(),
                    tuning.path,
                    Name(BestStepPathOn(device))));
  }
  if (*path == StepPath::kCuda) CheckMachine(machine, begun, tuning);
  return tuning;
}

}  // namespace saelaw
