// What runs next.
#pragma once

#include <set>
#include <vector>

#include "study/price/planned_run.h"
#include "study/rounds/plan_note.h"

namespace saelaw {

struct Plan {
  std::vector<PlannedRun> runs;  // of the next round, none of them known; empty when complete
  // Runs that the study asks for and that somebody has trained by itself: their results are used.
  std::vector<PlannedRun> there;
  bool complete = false;        // nothing is left to run
  std::set<RunId> cut;          // runs of this round that the budget leaves out
  std::vector<PlanNote> notes;  // e.g. a budget that ended the study early
};

}  // namespace saelaw
