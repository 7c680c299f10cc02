// Plan, train, store, and plan again until the study is complete.
#pragma once

#include <filesystem>

#include "run/errors.h"
#include "store/store.h"
#include "sweep/sweep.h"

namespace saelaw {

// Carries jobs out on this machine until all are done; the code is kComplete, kFailure (messages
// are on stderr), kIncomplete (deadline, stop, SIGTERM) or kInterrupted.
ExitCode CarryOut(Store& store,
                  const std::filesystem::path& database,
                  const Execution& execution,
                  const std::vector<Job>& jobs,
                  std::optional<double> seconds);

// Measures the source when it has not been measured.
ExitCode EnsureMeasured(Store& store,
                        const std::filesystem::path& database,
                        const SourceSpec& source,
                        const Execution& execution);

// Runs what is missing of the sweep. The sweep's data must have been identified.
ExitCode RunStudy(Store& store, const std::filesystem::path& database, const Sweep& sweep);

}  // namespace saelaw
