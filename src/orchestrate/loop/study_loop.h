// Plan, train, store, and plan again until the study is complete.
#pragma once

#include <optional>
#include <string>

#include "core/errors.h"
#include "orchestrate/loop/wall_budget.h"
#include "orchestrate/loop/workplace.h"
#include "sweep/sweep.h"

namespace saelaw {

// Saves the sweep with `text`, that of its file, and runs what is missing of its arms. Their data
// was identified. The code is kComplete, kFailure where no run of a complete study is of any use,
// kIncomplete where a budget is spent or `end` has come, or CarryOut's. Throws IoError where the
// database was moved away meanwhile, as every write to it does.
ExitCode RunStudy(Workplace& work,
                  const Arms& arms,
                  const std::string& text,
                  const std::optional<CallEnd>& end = std::nullopt);

}  // namespace saelaw
