// Criticism speaks of rows of a table; a study has runs with names.
#pragma once

#include <vector>

#include "fit/fit.h"
#include "study/design/knowledge.h"

namespace saelaw {

// Names the runs of the influential rows, and in what would change the advice "(row 3)" becomes
// "(run 0c766a14b9ec6815)". A row is a place in `runs`.
void NameRuns(const std::vector<const KnownRun*>& runs, Criticism* criticism);

}  // namespace saelaw
