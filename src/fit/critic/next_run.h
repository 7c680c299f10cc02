// Which run to make next: the one that narrows the law at the target most.
#pragma once

#include <span>
#include <vector>

#include "fit/intervals/law_fit.h"

namespace saelaw {

struct NextRun {
  Point at;                  // tokens and, where the law has it, params
  double narrows = 0;        // share by which the law's interval at the target shrinks, 0 to 1
  double relative_cost = 0;  // over the dearest run measured: params·tokens, or tokens
  bool repeats = false;      // one more run of a setting that was measured
};

// Candidates are every measured setting once more, and its largest with twice and four times the
// tokens. The most useful first, at most `count`. Requires fit.ok(); empty where no noise is known.
std::vector<NextRun> ChooseNextRuns(const LawFit& fit,
                                    std::span<const Point> points,
                                    const Point& target,
                                    int count);

}  // namespace saelaw
