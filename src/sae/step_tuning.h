// What is measured of this machine before jobs are written, so that no run chooses for itself.
#pragma once

#include <cstdint>

#include "run/job.h"
#include "run/run_spec.h"

namespace saelaw {

// The fastest path, and the share of active latents at which its dense and its sparse step take
// equally long, for vectors of d_in dimensions and each precision; timed on a small SAE with the
// threads that LibTorch has now. Takes a few seconds. On a machine with none of the paths: the
// reference.
StepTuning TuneSteps(std::int64_t d_in);

}  // namespace saelaw
