// What must be measured before jobs can be written.
#pragma once

#include <vector>

#include "core/errors.h"
#include "orchestrate/loop/wall_budget.h"
#include "orchestrate/loop/workplace.h"

namespace saelaw {

// Measures the source, and how this machine takes steps of these shapes on its vectors, unless what
// is known still holds. The code is CarryOut's.
ExitCode EnsureMeasured(Workplace& work,
                        const SourceSpec& source,
                        const Execution& execution,
                        const std::vector<StepShape>& shapes,
                        WallBudget* budget = nullptr);

}  // namespace saelaw
