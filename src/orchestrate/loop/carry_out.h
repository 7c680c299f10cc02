// Jobs that are to be done, done: by the dispatcher, with the store as its ledger.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/errors.h"
#include "orchestrate/loop/wall_budget.h"
#include "orchestrate/loop/workplace.h"

namespace saelaw {

// The code is kComplete, the reason of what failed (which was told), kIncomplete (`saelaw stop`,
// SIGTERM; a spent budget, which the caller tells) or Interrupts::code. `budget` may be null; a job
// that would not be done before it is spent, by `seconds` of job ids, is not begun.
ExitCode CarryOut(Workplace& work,
                  const Execution& execution,
                  const std::vector<Job>& jobs,
                  WallBudget* budget = nullptr,
                  const std::map<std::string, double>& seconds = {});

// Ends in the ledger what a killed planner left open, so that it says how each attempt ended, and
// removes the checkpoints of jobs that are done. To be called before anything is carried out.
void CloseLeftOver(Workplace& work);

}  // namespace saelaw
