// What `saelaw status` shows: where each run of a sweep stands.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/run_result.h"
#include "core/run_spec.h"
#include "fit/fit.h"
#include "study/findings/findings.h"

namespace saelaw {

// What an accepted result amounts to.
struct StatusResult {
  Outcome outcome = Outcome::kCompleted;
  Evaluation final;
  double wall_seconds = std::numeric_limits<double>::quiet_NaN();
};

struct StatusRow {
  RunId id;
  std::string arm;  // of a study that compares; empty: of one that does not
  Stage stage = Stage::kLossLaw;
  std::int64_t tokens = 0, d_sae = 0;
  double lr = 0;
  std::uint64_t seed = 0;
  std::string state;  // waiting | running | done | failed
  int attempts = 0;
  double progress = 0;                                            // 0 to 1
  double eta_seconds = std::numeric_limits<double>::quiet_NaN();  // NaN: not known
  std::optional<StatusResult> result;
  std::string message;  // of the last failed attempt; empty when there was none
};

struct Status {
  std::string sweep;
  std::vector<StatusRow> runs;
  double eta_seconds = std::numeric_limits<double>::quiet_NaN();  // of all runs planned so far

  // Runs in each state.
  std::map<std::string, int> Counts() const {
    std::map<std::string, int> counts;
    for (const StatusRow& run : runs) ++counts[run.state];
    return counts;
  }
};

}  // namespace saelaw
