// How wide the interval of the target's loss will be once the planned runs are known: what a night
// buys, told before it is spent.
#pragma once

#include <string>

#include "study/findings/findings.h"
#include "sweep/sweep.h"

namespace saelaw {

struct ExpectedInterval {
  double loss = 0;      // of the target by the law that is assumed
  Interval interval;    // 95 %, of one new run
  std::string basis;    // what is assumed, in words
  std::string refusal;  // why there will be none; empty otherwise
  bool ok() const { return refusal.empty(); }
  double width() const { return interval.hi - interval.lo; }
};

// The law is the one that known runs carry, where they do, else a stated assumption; the interval
// is that of least squares on ln loss in the runs that will be the law's points (one at each size's
// best rate for each seed, or those at the one rate), linearised. Pure.
ExpectedInterval ExpectInterval(const Sweep& sweep, const Findings& findings);

}  // namespace saelaw
