// One run by itself, as `saelaw train` makes the big one from a configuration.
#pragma once

#include <filesystem>
#include <string>

#include "core/errors.h"
#include "orchestrate/loop/workplace.h"
#include "sweep/sweep.h"

namespace saelaw {

// Sets the identity of the run's data. Throws Error for data that is missing, cannot be used, or
// does not suffice for the run.
void IdentifyRunData(RunConfiguration* configuration, Cache& cache);

// Trains what is missing of the run, whose data was identified. `text`: of the configuration's
// file. The code is CarryOut's; at kComplete the store may still lack a result, which
// DeliverWeights tells.
ExitCode TrainRun(Workplace& work, const RunConfiguration& configuration, const std::string& text);

// The run's result, its weights copied to `target` where it has any. Throws Error with kFailure
// where the store has none, IoError.
StoredResult DeliverWeights(const Store& store,
                            const RunId& run,
                            const std::filesystem::path& target);

}  // namespace saelaw
