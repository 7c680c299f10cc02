// One line is said for all runs that ended alike, so the first of each kind speaks for the others.
#include "study/findings/survivors.h"

#include <map>
#include <utility>

namespace saelaw {

std::optional<NoneSurvived> FindNoneSurvived(const std::vector<const KnownRun*>& runs) {
  std::map<Outcome, FailedAlike> failures;
  for (const KnownRun* run : runs) {
    if (run->outcome == Outcome::kCompleted) return {};
    FailedAlike& alike = failures[run->outcome];
    if (++alike.count > 1) continue;
    alike.outcome = run->outcome;
    alike.reason = run->reason;
    alike.advice = run->advice;
  }
  if (failures.empty()) return {};
  NoneSurvived none;
  for (auto& [outcome, alike] : failures) none.push_back(std::move(alike));
  return none;
}

}  // namespace saelaw
