#include "sae/step_path.h"

namespace saelaw {

bool CanRunOn(StepPath path, at::Device device) {
  if (path == StepPath::kReference) return true;
  return (path == StepPath::kCuda) == device.is_cuda() && CanRun(path);
}

StepPath BestStepPathOn(at::Device device) {
  if (device.is_cpu()) return BestStepPath();
  return CanRunOn(StepPath::kCuda, device) ? StepPath::kCuda : StepPath::kReference;
}

}  // namespace saelaw
