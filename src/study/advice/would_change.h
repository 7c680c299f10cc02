// What would change the advice, in numbers.
#pragma once

#include <vector>

#include "study/advice/recommendation.h"
#include "study/findings/findings.h"
#include "sweep/sweep.h"

namespace saelaw {

// `answer` has its rates, its hold-out and the criticism of its law.
std::vector<AdviceChange> FindWhatWouldChange(const Sweep& sweep,
                                              const Findings& findings,
                                              const Recommendation& answer);

}  // namespace saelaw
