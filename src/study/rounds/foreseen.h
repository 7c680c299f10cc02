// What can be told of a study's runs before anything is measured.
#pragma once

#include <vector>

#include "study/price/planned_run.h"
#include "sweep/sweep.h"

namespace saelaw {

// Every run that the study can foresee before anything is measured (later rounds depend on
// results).
std::vector<PlannedRun> ForeseenRuns(const Sweep& sweep);

// How many of them the sweep's budget leaves out, were all of it spent on them.
int ForeseenCut(const Sweep& sweep);

}  // namespace saelaw
