// The finished runs of a sweep, each with the part that it plays: what every later stage of the
// findings is made from.
#pragma once

#include <optional>
#include <vector>

#include "fit/fit.h"
#include "study/design/knowledge.h"
#include "study/design/left_out.h"
#include "study/design/stage.h"
#include "sweep/sweep.h"

namespace saelaw {

struct PlayedRun {
  const KnownRun* run = nullptr;
  Stage stage = Stage::kLossLaw;
  std::optional<WhyLeftOut>
      why_no_point;  // of the loss law, were it completed (study/design/roles.h)
};

// The runs of the lr law.
struct RateRuns {
  std::vector<const KnownRun*> all;
  std::vector<Point> survived, failed;
  // Those that say nothing of their rate: out of memory, stopped, or too slow to have learned.
  std::vector<Point> silent;
};

struct StudyPoints {
  std::vector<const KnownRun*> members;      // of the sweep's recipe, asked for or not
  std::vector<PlayedRun> played;             // those with a part, in the order of `members`
  std::vector<const KnownRun*> at_one_rate;  // that may be points of the law at one rate
  RateRuns rates;
  std::vector<const KnownRun*> hold_out;
};

// Points into `knowledge`, which must outlive the result.
StudyPoints SortRuns(const Sweep& sweep, const Knowledge& knowledge);

// Fewer than 5/(1 - beta2) steps: a run's numbers still depend on its start.
bool IsShort(const RunSpec& spec);
// What each says of its rate.
RateRuns SplitRateRuns(std::vector<const KnownRun*> runs);

// Whether all are short; false where there are none.
bool AllShort(const std::vector<const KnownRun*>& runs);

}  // namespace saelaw
