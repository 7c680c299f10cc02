// What the choice of held-out documents does to a law. Its points were all measured on the same
// documents, so they err together, and no residual shows it. Each point brings its loss with each
// of a few groups of documents left out (core/held_out.h); whatever is computed from the points is
// computed again from these, and scatters as it would over other documents.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "fit/law_fit.h"
#include "fit/lr_law.h"

namespace saelaw {

// How many replicates all points with a loss bring; 0 where one brings none or another number.
std::size_t HeldOutGroups(std::span<const Point> points);

// The points with the loss that they have without group `group`. With a `share` below 1, moved only
// so far towards it: what hangs on an order or a choice then stays as it is.
std::vector<Point> WithoutGroup(std::span<const Point> points, std::size_t group, double share = 1);

// The interval with a sampling error of sd `sd` (of as many groups) on top of what it has:
// √(half² + (t·sd)²) to each side of `centre`. The same interval where the sd is not known.
Interval Widened(
    const Interval& interval, double centre, double sd, std::size_t groups, double level);
// The same of an interval of a positive quantity, in its logarithm.
Interval WidenedLog(
    const Interval& interval, double centre, double sd_ln, std::size_t groups, double level);

// Puts the sampling error into the intervals of a law that FitLaw fitted to `points`: parameters,
// and predictions, in which the level takes part in full (LawFit::PredictOnSameSet has them
// without). Nothing without replicates, or for a law that is not ok().
void AddHeldOutError(std::span<const Point> points, const FitOptions& options, LawFit& fit);
// The same for the law of the best rate and for each size's optimum.
void AddHeldOutError(std::span<const Point> points,
                     std::span<const Point> failed,
                     const FitOptions& options,
                     LrLawFit& fit);

}  // namespace saelaw
