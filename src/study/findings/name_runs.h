// Criticism speaks of rows of a table; a study has runs with names.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fit/fit.h"
#include "study/design/knowledge.h"

namespace saelaw {

// The run of a row; empty where it is none.
using RunOfRow = std::function<RunId(std::int64_t row)>;

// "row 3 (loss 0.5)" becomes "run 0c766a14b9ec6815 (loss 0.5)", and "rows 3, 4" likewise. Rows that
// are no runs stay as they are.
std::string WithRunNames(const std::string& text, const RunOfRow& run_of);

// Names the runs of the influential rows, and those in what would change the advice and in what
// speaks against the law.
void NameRuns(const RunOfRow& run_of, Criticism* criticism);
// The same where a row is a place in `runs`.
void NameRuns(const std::vector<const KnownRun*>& runs, Criticism* criticism);

}  // namespace saelaw
