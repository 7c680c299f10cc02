// A kTrain job from its first batch, or its last checkpoint, to its results.
#pragma once

#include <functional>
#include <string>

#include "activations/source.h"
#include "core/errors.h"
#include "jobs/job.h"
#include "train/attempt.h"

namespace saelaw {

// How training meets the world; each may be replaced in a test.
struct TrainSeams {
  std::function<double()> clock;                     // seconds, monotone
  std::function<bool()> stop_requested;              // asked after each batch
  std::function<void(const Progress&)> on_progress;  // about once a second
  std::function<void(const std::string&)> note;      // one line for the user
  std::string saelaw_version;
};

// Fixes the threads, deterministic algorithms and the treatment of denormals for this process, as
// the job says. Called once, before the first tensor is made.
void ConfigureNumerics(const Job& job);

// The job's device. Throws ConfigurationError for a name that is none.
at::Device ChooseDevice(const Job& job);

// Trains every member to its end and writes its result when it gets there. kComplete when all
// have one; kIncomplete when asked to stop (a checkpoint has been written) or when another attempt
// has been named (nothing more has been written). Throws Error.
ExitCode Train(const Job& job,
               ActivationSource& source,
               const Attempt& attempt,
               const TrainSeams& seams);

}  // namespace saelaw
