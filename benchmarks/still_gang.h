// Gangs whose steps are timed: runs that stay as they begin, on a device opened as the trainer
// does.
#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

#include "core/run_spec.h"
#include "jobs/job.h"
#include "train/gang.h"

namespace saelaw {

// Opens the job's device; threads and numerics as the trainer's.
void BeginOn(const Job& job);

// So long that no evaluation and no end falls into a measurement, at rates so small that L0 stays
// where `threshold` puts it.
RunSpec StillRun(std::int64_t d_in,
                 std::int64_t d_sae,
                 std::int64_t batch_tokens,
                 double threshold);

// What a measuring job would find for such runs on a device.
StepTuning TuningFor(const RunSpec& run, const std::string& device);

// Seconds of so many steps of all members, with nothing queued before or after.
double SecondsOfSteps(Gang& gang, int steps, at::Device device);

}  // namespace saelaw
