// What a reader of the advice must know.
#pragma once

#include "study/advice/recommendation.h"
#include "study/findings/findings.h"

namespace saelaw {

// Adds the warnings, the most serious first, and says whether the advice is refused. `answer` is
// complete otherwise. A demonstration advises nobody, so nothing of it is withheld.
void AddWarnings(const Findings& findings, bool force, Recommendation* answer);

}  // namespace saelaw
