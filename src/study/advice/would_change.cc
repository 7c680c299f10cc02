// What the criticism of the law says comes first; then the rate, its edge and the hold-out.
#include "study/advice/would_change.h"

#include <cmath>

#include "study/design/places.h"

namespace saelaw {

std::vector<AdviceChange> FindWhatWouldChange(const Sweep& sweep,
                                              const Findings& findings,
                                              const Recommendation& answer) {
  const std::vector<WouldChange>& of_law = answer.criticism.would_change;
  std::vector<AdviceChange> changes;
  // One by one, since g++ 12 takes a range of them for uninitialised.
  for (const WouldChange& one : of_law) changes.emplace_back(one);
  if (findings.rates.best.ok() && findings.rates.surface.ok()) {
    changes.emplace_back(change::Surface{
        answer.lr_surface.value, findings.rates.best.law.Predict(TargetPlace(sweep)).value});
  }
  if (!std::isnan(answer.lr_regret)) changes.emplace_back(change::RateEnd{answer.lr_regret});
  if (answer.lr_bound > 0) changes.emplace_back(change::EdgeFalls{answer.lr_bound});
  for (const HoldOutCheck& check : answer.hold_out) {
    if (check.missed()) changes.emplace_back(change::HoldOutMissed{});
  }
  return changes;
}

}  // namespace saelaw
