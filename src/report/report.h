// Everything that `saelaw report` prints: what the study found and what follows from it.
#pragma once

#include <string>
#include <vector>

#include "study/advice/recommendation.h"
#include "study/findings/findings.h"

namespace saelaw {

struct Report {
  std::string question, prediction, cost;  // the sweep's own words on itself; may be empty
  Findings findings;
  Recommendation recommendation;
  std::string config_path;  // of the emitted configuration; empty when none was written
  std::string made_at;      // local time with offset; the caller has the clock
  std::string saelaw_version;
};

// Said at the top of a report on a sweep marked as a demonstration, with the target's own size.
std::string DemonstrationNote(double target_tokens);
// What a reader must know first: the recommendation's warnings, each once.
std::vector<std::string> TopWarnings(const Recommendation& recommendation);
// The same, followed by the findings' warnings that the recommendation does not repeat.
std::vector<std::string> TopWarnings(const Report& report);

}  // namespace saelaw
