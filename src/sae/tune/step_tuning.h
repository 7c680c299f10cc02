// What is measured of this machine before jobs are written, so that no run chooses for itself.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "core/run_spec.h"
#include "jobs/job.h"

namespace saelaw {

// The fastest path on the device, and the share of active latents at which its dense and its sparse
// step take equally long, for vectors of d_in dimensions. On a CPU for each precision, timed on a
// small SAE with the threads that LibTorch has now; on a GPU for bf16, on the largest of the
// shapes, and for each of them cuBLASLt's fastest algorithms. Takes a few seconds. `wanted` is that
// of the measuring job: its machine and its shapes are those of the answer, and a path "reference"
// is kept. On a machine with none of the paths: the reference. Throws ConfigurationError when the
// CUDA library can step none of the shapes.
StepTuning TuneSteps(std::int64_t d_in, const StepTuning& wanted, at::Device device);

}  // namespace saelaw
