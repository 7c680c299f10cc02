// One run by itself, as `saelaw train` makes the big one from a configuration.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/errors.h"
#include "orchestrate/loop/workplace.h"
#include "report/forecast_file.h"
#include "sweep/sweep.h"

namespace saelaw {

// Sets the identity of the run's data. Throws Error for data that is missing, cannot be used, or
// does not suffice for the run.
void IdentifyRunData(RunConfiguration* configuration, Cache& cache);

// What comes with a run that is trained by itself.
struct TrainOrder {
  std::string text{};  // of the configuration's file
  // A saved sweep that the run is to belong to: then it is one of its extra runs. Empty: to none.
  std::string into{};
  std::optional<FrozenForecast> forecast{};  // stored before the run begins
};

// Trains what is missing of the run, whose data was identified. The code is CarryOut's; at
// kComplete the store may still lack a result, which DeliverWeights tells. Throws UsageError for a
// sweep that is not in the database.
ExitCode TrainRun(Workplace& work, const RunConfiguration& configuration, const TrainOrder& order);

// The run's result, its weights copied to `target` where it has any. Throws Error with kFailure
// where the store has none, IoError.
StoredResult DeliverWeights(const Store& store,
                            const RunId& run,
                            const std::filesystem::path& target);

}  // namespace saelaw
