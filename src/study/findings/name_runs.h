// Criticism speaks of rows of a table; a study has runs with names.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fit/fit.h"
#include "study/design/knowledge.h"

namespace saelaw {

// The run of a row; empty where it is none.
using RunOfRow = std::function<RunId(std::int64_t row)>;

// Names the runs of the rows that warnings speak of. Rows that are no runs stay unnamed.
void NameRuns(const RunOfRow& run_of, FitWarnings* warnings);

// Names the runs of the influential rows, and those in what would change the advice and in what
// speaks against the law.
void NameRuns(const RunOfRow& run_of, Criticism* criticism);
// The same where a row is a place in `runs`.
void NameRuns(const std::vector<const KnownRun*>& runs, Criticism* criticism);

}  // namespace saelaw
