// Which runs of a sweep stand near enough to the optima to say anything of them, and what those
// differ by where they were run more than once.
#pragma once

#include <vector>

#include "fit/noise/shared_noise.h"
#include "fit/rates/valley_search.h"

namespace saelaw {

// Groups in which two rates of one level stand within reach, with the runs that do; `of`: which
// group of all each is.
struct ReachedRuns {
  ValleyData data;
  std::vector<std::size_t> of;
};
// A distance from each group's centre; where fewer than three of its rates lie within, up to the
// third.
ReachedRuns WithinReach(const ValleyData& all, const Vector& centres, double reach);
// Whether the same runs of the same groups are meant, by count and by ends.
bool SameRuns(const ReachedRuns& a, const ReachedRuns& b);

// The place among a group's rates that is nearest to x.
double NearestWithin(const ValleyGroup& group, double x);

// What is left of ln loss about a mean for each rate of a group and one for each level.
Squares ComputePureError(const ValleyData& data);

// How many rates there are, added up over the groups.
int DistinctRates(const ValleyData& data);

}  // namespace saelaw
