// Code that takes the steps of an SAE: the reference, or kernels of our own that are made for some
// architectures, instructions and precisions.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "sae/model/stepper.h"

namespace saelaw {

// The reference is every device's. Stored in job files: do not change.
inline constexpr std::string_view kReferencePath = "reference";
inline constexpr std::string_view kCudaPath = "cuda";

struct Acceleration {
  // What execution.kernels, job files and checkpoints call it. Stored: do not change.
  std::string_view name;

  // What it supports. Kernels are made for masters in fp32, without momentum and gradient clip;
  // the reference takes everything.
  at::DeviceType device = at::kCPU;
  std::vector<std::string_view> architectures;  // by their names
  std::vector<Precision> precisions;

  // Whether this machine has what it needs: instructions that its operating system allows, or a
  // library that is open.
  std::function<bool()> is_here;
  // A stepper for a state that it supports.
  std::function<std::unique_ptr<Stepper>(const StepSettings&, StepWorkspace&, SaeState&)> make;
};

}  // namespace saelaw
