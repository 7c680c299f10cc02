#include "study/rounds/decision.h"

#include <utility>

#include "study/rounds/next_round.h"

namespace saelaw {

Decision Decide(const Sweep& sweep, const Knowledge& knowledge, StudyDepth depth) {
  Findings findings = Study(sweep, knowledge, depth);
  Plan plan = NextRound(sweep, knowledge, findings);
  return {std::move(findings), std::move(plan)};
}

}  // namespace saelaw
