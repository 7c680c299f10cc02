// Plan, train, store, and plan again until the study is complete.
#pragma once

#include <filesystem>

#include "app/cli/wall_budget.h"
#include "core/errors.h"
#include "store/store.h"
#include "sweep/sweep.h"

namespace saelaw {

// Carries jobs out on this machine until all are done; the code is kComplete, kFailure (messages
// are on stderr), kIncomplete (stop, SIGTERM; a spent budget, which the caller tells) or
// kInterrupted.
ExitCode CarryOut(Store& store,
                  const std::filesystem::path& database,
                  const Execution& execution,
                  const std::vector<Job>& jobs,
                  WallBudget* budget = nullptr);

// Measures the source, and how this machine takes steps of these shapes on its vectors, unless what
// is known still holds.
ExitCode EnsureMeasured(Store& store,
                        const std::filesystem::path& database,
                        const SourceSpec& source,
                        const Execution& execution,
                        const std::vector<StepShape>& shapes,
                        WallBudget* budget = nullptr);

// Runs what is missing of the sweep. The sweep's data must have been identified.
ExitCode RunStudy(Store& store, const std::filesystem::path& database, const Sweep& sweep);

}  // namespace saelaw
