// The hold-out: what the laws said of runs before they were measured.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "fit/fit.h"
#include "study/design/knowledge.h"
#include "study/findings/loss_laws.h"
#include "study/findings/rate_laws.h"
#include "study/findings/study_points.h"
#include "sweep/sweep.h"

namespace saelaw {

// A hold-out run against what the law said before it was measured.
struct HoldOutCheck {
  RunId run;
  std::int64_t tokens = 0;
  double lr = 0;
  double predicted = 0;
  Interval interval;  // prediction interval
  double measured = 0;
  bool inside = false;
  // `predicted` and `interval` were written down before the run began; false: today's laws, which
  // do not know the run, say so now.
  bool stored = false;
  // What today's laws say; NaN where there are none, or they advise another rate for it.
  double today = std::numeric_limits<double>::quiet_NaN();
  bool missed() const { return interval.known() && !inside; }
};

// What was written down before a run began is what was predicted of it (`predictions`). Runs
// without such a record count where they trained at the rate that today's laws advise.
std::vector<HoldOutCheck> CheckHoldOut(const Sweep& sweep,
                                       const std::vector<PastPrediction>& predictions,
                                       const StudyPoints& points,
                                       const RateLaws& rates,
                                       const LossLaws& laws);

}  // namespace saelaw
