// A result that somebody trained by itself is used from the moment at which the study asks for that
// very run. Which runs it asks for next depends on what it knows, so the question is put again
// until nothing that it asks for is there.
#include "study/rounds/decision.h"

#include <utility>
#include <vector>

#include "study/rounds/next_round.h"

namespace saelaw {
namespace {

Decision DecideOnce(const Sweep& sweep, const Knowledge& knowledge, StudyDepth depth) {
  Findings findings = Study(sweep, knowledge, depth);
  Plan plan = NextRound(sweep, knowledge, findings);
  return {std::move(findings), std::move(plan)};
}

// Makes the run one that the study knows.
void Know(const RunId& id, Knowledge* knowledge) {
  for (const KnownRun& run : knowledge->alone) {
    if (run.result.id == id) knowledge->runs.push_back(run);
  }
  std::erase_if(knowledge->alone, [&](const KnownRun& run) { return run.result.id == id; });
}

}  // namespace

Decision Decide(const Sweep& sweep, const Knowledge& knowledge, StudyDepth depth) {
  Decision decision = DecideOnce(sweep, knowledge, depth);
  if (decision.plan.there.empty()) return decision;
  Knowledge known = knowledge;
  std::vector<PlannedRun> there;
  while (!decision.plan.there.empty()) {
    for (PlannedRun& run : decision.plan.there) {
      Know(run.id, &known);
      there.push_back(std::move(run));
    }
    decision = DecideOnce(sweep, known, depth);
  }
  decision.plan.there = std::move(there);
  return decision;
}

}  // namespace saelaw
