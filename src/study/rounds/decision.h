// What a round of a study rests on and what it asks for.
#pragma once

#include "study/design/knowledge.h"
#include "study/findings/findings.h"
#include "study/rounds/plan.h"
#include "sweep/sweep.h"

namespace saelaw {

// Made once in each round: all that speaks of the round reads it here.
struct Decision {
  Findings findings;
  Plan plan;
};

// Pure: the same sweep and knowledge give the same decision. `plan.there` are all runs of
// Knowledge::alone that the study asked for; the findings know them like any other.
Decision Decide(const Sweep& sweep,
                const Knowledge& knowledge,
                StudyDepth depth = StudyDepth::kLaws);

}  // namespace saelaw
