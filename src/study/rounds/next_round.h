// Sweep + what is known → the next runs, why, and what they cost. Pure: no clock, disk or process.
#pragma once

#include <string>
#include <vector>

#include "study/design/knowledge.h"
#include "study/findings/findings.h"
#include "study/price/planned_run.h"
#include "sweep/sweep.h"

namespace saelaw {

struct Plan {
  std::vector<PlannedRun> runs;    // of the next round, none of them known; empty when complete
  bool complete = false;           // nothing is left to run
  int cut = 0;                     // runs of this round that the budget leaves out
  std::vector<std::string> notes;  // e.g. a budget that ended the study early
};

// The next round. The same arguments give the same plan, so a killed sweep goes on where it was.
// `findings`: what Study says of them, where the caller has it; else it is asked when it is needed.
Plan NextRound(const Sweep& sweep, const Knowledge& knowledge, const Findings* findings = nullptr);

// Every run that the study can foresee before anything is measured (later rounds depend on
// results).
std::vector<PlannedRun> ForeseenRuns(const Sweep& sweep);

// How many of them the sweep's budget leaves out, were all of it spent on them.
int ForeseenCut(const Sweep& sweep);

}  // namespace saelaw
