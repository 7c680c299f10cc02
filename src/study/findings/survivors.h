// Whether every run of a study failed, and how.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study/design/knowledge.h"

namespace saelaw {

// Runs that ended alike: how many, what was judged of the first, and what to change.
struct FailedAlike {
  Outcome outcome = Outcome::kDiverged;
  int count = 0;
  std::string reason;
  std::string advice;
};
using NoneSurvived = std::vector<FailedAlike>;

// By outcome; nothing where a run completed, or where there are none.
std::optional<NoneSurvived> FindNoneSurvived(const std::vector<const KnownRun*>& runs);

}  // namespace saelaw
