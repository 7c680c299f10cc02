// How two things that were measured in pairs differ beyond where they were measured.
#pragma once

#include <vector>

#include "fit/points/interval.h"

namespace saelaw {

struct Pair {
  double x = 0;
  double difference = 0;
};

struct PairedDifference {
  double value = 0;
  Interval interval;
};

// The line of least squares through the pairs, at x, and its interval by Student's t with two
// degrees of freedom fewer than there are pairs. Requires at least 3 pairs at 2 places or more.
PairedDifference FollowPairs(const std::vector<Pair>& pairs, double x, double level);

}  // namespace saelaw
